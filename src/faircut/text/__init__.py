"""Words to numbers: the sentence encoder, its tokenizer, and the lexical side of describing things."""
