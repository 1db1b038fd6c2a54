"""Random weights of both families, a few thousand numbers each, in folders as the real ones are laid out.

Nothing is downloaded: tokenizers know single bytes, and every component is built from its configuration. What such
weights render is noise; what is tested is all the code around them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LTX2_OPTIONS: dict[str, Any] = {
    "accept_licence": "ltx-2-community",
    "device": "cpu",
    "dtype": "float32",
    "steps": 2,
    "guidance": 1.0,
    "short_edge": 128,
}
H3_OPTIONS: dict[str, Any] = {
    "accept_licence": "minimax-h3-2026-08-02",
    "territory": "JP",
    "device": "cpu",
    "dtype": "float32",
    "steps": 3,
    "short_edge": 64,
}


def _byte_tokenizer(kind: Any, specials: list[str], **settings: Any) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={each: n for n, each in enumerate([*specials, *letters])}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens(specials)
    return kind(tokenizer_object=tokenizer, **settings)


def ltx2_weights(folder: Path) -> Path:
    """An LTX-2 of random weights: VAE of 32x in space and 8x in time, a vocoder of 16 kHz."""
    import torch
    from diffusers import (
        AutoencoderKLLTX2Audio,
        AutoencoderKLLTX2Video,
        FlowMatchEulerDiscreteScheduler,
        LTX2ConditionPipeline,
        LTX2VideoTransformer3DModel,
    )
    from diffusers.pipelines.ltx2 import LTX2TextConnectors
    from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, PreTrainedTokenizerFast

    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<image>", "<image_start>", "<image_end>"]
    names = {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "unk_token": "<unk>"}
    tokenizer = _byte_tokenizer(PreTrainedTokenizerFast, specials, model_max_length=64, **names)
    torch.manual_seed(0)
    heads = {"num_attention_heads": 2, "num_hidden_layers": 2, "hidden_size": 32, "intermediate_size": 32}
    text = {"vocab_size": 512, "num_key_value_heads": 1, "head_dim": 16, "max_position_embeddings": 128, **heads}
    vision = {"image_size": 32, "patch_size": 16, **heads}
    encoder = Gemma3ForConditionalGeneration(
        Gemma3Config(
            text_config=text,
            vision_config=vision,
            mm_tokens_per_image=4,
            image_token_index=4,
            boi_token_index=5,
            eoi_token_index=6,
        )
    )
    rope = {"rope_double_precision": False, "rope_type": "split"}
    transformer = LTX2VideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=8,
        cross_attention_dim=16,
        audio_in_channels=4,
        audio_out_channels=4,
        audio_num_attention_heads=2,
        audio_attention_head_dim=4,
        audio_cross_attention_dim=8,
        num_layers=2,
        caption_channels=32,
        **rope,
    )
    connectors = LTX2TextConnectors(
        caption_channels=32,
        text_proj_in_factor=3,
        video_connector_num_attention_heads=4,
        video_connector_attention_head_dim=8,
        video_connector_num_layers=1,
        video_connector_num_learnable_registers=None,
        audio_connector_num_attention_heads=4,
        audio_connector_attention_head_dim=8,
        audio_connector_num_layers=1,
        audio_connector_num_learnable_registers=None,
        connector_rope_base_seq_len=32,
        causal_temporal_positioning=False,
        **rope,
    )
    vae = AutoencoderKLLTX2Video(
        latent_channels=4,
        block_out_channels=(8, 16, 32, 64),
        decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        encoder_causal=True,
        decoder_causal=False,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    )
    audio_vae = AutoencoderKLLTX2Audio(
        base_channels=4,
        ch_mult=(1,),
        num_res_blocks=1,
        attn_resolutions=None,
        resolution=32,
        latent_channels=2,
        mid_block_add_attention=False,
        mel_bins=8,
    )
    vocoder = LTX2Vocoder(
        in_channels=16,
        hidden_channels=32,
        upsample_kernel_sizes=[20, 8, 8],
        upsample_factors=[10, 4, 4],
        resnet_kernel_sizes=[3],
        resnet_dilations=[[1, 3, 5]],
        output_sampling_rate=16000,
    )
    pipe = LTX2ConditionPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        audio_vae=audio_vae,
        text_encoder=encoder,
        tokenizer=tokenizer,
        connectors=connectors,
        transformer=transformer,
        vocoder=vocoder,
    )
    pipe.save_pretrained(folder)
    return folder


def h3_weights(folder: Path) -> Path:
    """A MiniMax-H3 of random weights, both transformers, 51 layers of text encoder as the pipeline reads the 50th."""
    import torch
    from diffusers import (
        AutoencoderKLMiniMaxH3,
        AutoencoderKLMiniMaxH3Audio,
        MiniMaxH3Scheduler,
        MiniMaxH3Transformer3DModel,
    )
    from transformers import Qwen2TokenizerFast, Qwen3VLConfig, Qwen3VLForConditionalGeneration, Qwen3VLProcessor
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor
    from transformers.models.qwen3_vl.video_processing_qwen3_vl import Qwen3VLVideoProcessor

    pads = {"vision_start": 0, "vision_end": 1, "image_pad": 2, "video_pad": 3}
    specials = [*(f"<|{name}|>" for name in pads), "<|endoftext|>", "<|im_end|>"]
    tokenizer = _byte_tokenizer(
        Qwen2TokenizerFast, specials, pad_token="<|endoftext|>", eos_token="<|im_end|>", unk_token=None
    )
    torch.manual_seed(0)
    text = {
        "vocab_size": 512,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 51,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
        "rope_parameters": {"rope_type": "default", "mrope_section": [2, 1, 1], "rope_theta": 10000.0},
    }
    vision = {
        "depth": 2,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 2,
        "out_hidden_size": 16,
        "num_position_embeddings": 16,
        "deepstack_visual_indexes": [0],
    }
    encoder = Qwen3VLForConditionalGeneration(
        Qwen3VLConfig(
            text_config=text,
            vision_config=vision,
            image_token_id=pads["image_pad"],
            video_token_id=pads["video_pad"],
            vision_start_token_id=pads["vision_start"],
            vision_end_token_id=pads["vision_end"],
        )
    )
    patches = {"patch_size": 16, "merge_size": 2, "temporal_patch_size": 2}
    sizes = {"shortest_edge": 32 * 32, "longest_edge": 2 * 64 * 64}
    processor = Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(size=sizes, **patches),
        tokenizer=tokenizer,
        video_processor=Qwen3VLVideoProcessor(size=sizes, **patches),
        chat_template="{{ messages }}",
    )
    transformer = {
        "num_attention_heads": 2,
        "attention_head_dim": 16,
        "hidden_size": 16,
        "num_layers": 2,
        "num_refiner_layers": 1,
        "ffn_dim": 16,
        "audio_in_channels": 8,
        "text_dim": 16,
        "freq_dim": 16,
        "time_embed_hidden_dim": 16,
        "time_embed_dim": 16,
        "rope_freq_dim": 2,
    }
    parts: dict[str, Any] = {
        "text_encoder": encoder,
        "tokenizer": tokenizer,
        "processor": processor,
        "vae": AutoencoderKLMiniMaxH3(
            block_out_channels=(8,) * 6,
            layers_per_block=1,
            norm_num_groups=4,
            decoder_num_layers=1,
            decoder_num_attention_heads=2,
            decoder_attention_head_dim=16,
            decoder_num_register_tokens=1,
            decoder_ffn_mult=1,
        ),
        "audio_vae": AutoencoderKLMiniMaxH3Audio(
            encoder_dim=4,
            latent_dim=16,
            latent_channels=8,
            num_attention_heads=2,
            decoder_dim=128,
            resblock_kernel_sizes=(3,),
            resblock_dilation_sizes=((1,),),
            latents_mean=[0.0] * 8,
            latents_std=[1.0] * 8,
        ),
        "scheduler": MiniMaxH3Scheduler(12.0),
        "audio_scheduler": MiniMaxH3Scheduler(3.0),
        "transformer": MiniMaxH3Transformer3DModel(**transformer),
        "transformer_ref": MiniMaxH3Transformer3DModel(**transformer),
    }
    index: dict[str, Any] = {
        "_class_name": "MiniMaxH3ModularPipeline",
        "_diffusers_version": "0.42.1",
        "_blocks_class_name": "MiniMaxH3Blocks",
        "canvas_short_edge": 64,
        "canvas_max_pixels": 64 * 128,
        "reference_image_short_edge": 64,
    }
    for name, part in parts.items():
        part.save_pretrained(folder / name)
        library = "transformers" if name in ("text_encoder", "tokenizer", "processor") else "diffusers"
        kind = [library, type(part).__name__]
        # As published: the index names the repository on the hub, not the folder that it lies in.
        where = {"pretrained_model_name_or_path": "MiniMaxAI/MiniMax-H3", "subfolder": name, "type_hint": kind}
        index[name] = [*kind, where]
    (folder / "modular_model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder
