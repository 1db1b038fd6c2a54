"""The task API of Volcengine Ark and BytePlus ModelArk (Seedance), spoken by us: its clients change a base URL."""
