"""`tokenizer` of profile.json: the tokenizer.json, its padding, and chat templates cut into prefix and suffix."""

import json
from pathlib import Path

SENTINEL = "\u241fPROMPT\u241f"

REASON1_SYSTEM = "You are a helpful assistant who will provide prompts to an image generator."
COSMOS3_SYSTEM = {
    "video": "You are a helpful assistant who will generate videos from a give prompt.",
    "image": "You are a helpful assistant who will generate images from a give prompt.",
    "transfer": "You are a helpful assistant that generates images or videos following the user's instructions"
    " and control signals (edge maps, blur, depth, or segmentation).",
}


def save_tokenizer(tokenizer, out: Path) -> Path:
    """Writes `tokenizer.json`, without the padding and truncation that a past call may have left in it."""
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    backend["padding"] = backend["truncation"] = None
    path = out / "tokenizer.json"
    path.write_text(json.dumps(backend, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    return path


def cut(tokenizer, messages: list[dict], generate: bool) -> dict:
    """The template's text around the prompt. `messages` hold SENTINEL where the prompt goes."""
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=generate)
    prefix, found, suffix = text.partition(SENTINEL)
    if not found:
        raise SystemExit("the chat template changes the prompt; it cannot be cut into prefix and suffix")
    return {"prefix": prefix, "suffix": suffix}


def t5_settings(tokenizer, max_length: int) -> dict:
    return {
        "file": "tokenizer.json",
        "type": "t5",
        "max_length": max_length,
        "padding": "max_length",
        "pad_id": tokenizer.pad_token_id,
        "eos_id": tokenizer.eos_token_id,
    }


def reason1_settings(tokenizer, max_length: int) -> dict:
    part = lambda text: [{"type": "text", "text": text}]  # noqa: E731
    messages = [{"role": "system", "content": part(REASON1_SYSTEM)}, {"role": "user", "content": part(SENTINEL)}]
    return {
        "file": "tokenizer.json",
        "type": "qwen",
        "max_length": max_length,
        "padding": "max_length",
        "pad_id": tokenizer.pad_token_id,
        "eos_id": tokenizer.eos_token_id,
        "templates": {"default": cut(tokenizer, messages, generate=False)},
    }


def cosmos3_settings(tokenizer) -> dict:
    user = {"role": "user", "content": SENTINEL}
    templates = {"bare": cut(tokenizer, [user], generate=True)}
    for name, system in COSMOS3_SYSTEM.items():
        templates[name] = cut(tokenizer, [{"role": "system", "content": system}, user], generate=True)
    eos = tokenizer.eos_token_id
    return {
        "file": "tokenizer.json",
        "type": "qwen",
        "padding": "none",
        "pad_id": tokenizer.pad_token_id,
        "eos_id": eos,
        "templates": templates,
        "append_ids": [eos, tokenizer.convert_tokens_to_ids("<|vision_start|>")],
    }
