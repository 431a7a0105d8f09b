"""Makes a random Predict2.5-like profile of about 20 M parameters for benchmarks, and the checkpoint it came from.

    python make_midsize.py --out /tmp/midsize            # writes /tmp/midsize/checkpoint and /tmp/midsize/profile

The output is not committed. `bench_diffusers.py` times diffusers on the same checkpoint.
"""

import argparse
import warnings
from pathlib import Path

from worldexport import runtime

runtime.prepare()

from diffusers import AutoencoderKLWan, Cosmos2_5_PredictBasePipeline, CosmosTransformer3DModel  # noqa: E402

from tiny import parts, pipelines  # noqa: E402
from tiny.tokenizers import qwen_tokenizer  # noqa: E402
from tiny.weights import seeded  # noqa: E402
from worldexport.profile import Options, export_pipeline  # noqa: E402


def midsize() -> Cosmos2_5_PredictBasePipeline:
    """Head dimension 64, 6 heads, 6 layers (16 M) and a Wan 2.1 VAE of 4 M."""
    tokenizer = qwen_tokenizer()
    dit = dict(parts.REASON1, encoder_hidden_states_channels=256, text_embed_dim=256)
    transformer = seeded(
        CosmosTransformer3DModel,
        1,
        in_channels=17,
        out_channels=16,
        num_attention_heads=6,
        attention_head_dim=64,
        num_layers=6,
        mlp_ratio=4.0,
        adaln_lora_dim=64,
        max_size=(128, 240, 240),
        rope_scale=(1.0, 3.0, 3.0),
        extra_pos_embed_type=None,
        **dit,
    )
    vae = seeded(AutoencoderKLWan, 2, base_dim=16, z_dim=16, dim_mult=[1, 2, 4, 4], num_res_blocks=2)
    return Cosmos2_5_PredictBasePipeline(
        text_encoder=parts.reason1(3, len(tokenizer)),
        tokenizer=tokenizer,
        transformer=transformer,
        vae=vae,
        scheduler=pipelines.unipc_karras(),
        safety_checker=runtime.PassingChecker(),
    )


def parameters(pipe) -> int:
    modules = (pipe.text_encoder, pipe.transformer, pipe.vae)
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, required=True)
    out = arguments.parse_args().out
    warnings.filterwarnings("ignore")
    pipe = midsize()
    pipe.save_pretrained(out / "checkpoint")
    options = Options(
        id="midsize-predict2.5",
        name="Mid-size Predict2.5",
        notice="Random weights for timing; the pictures mean nothing.",
        max_length=128,
        sizes=((256, 160),),
        tiers=("256",),
        frames=17,
    )
    export_pipeline(pipe, out / "profile", options)
    print(f"{parameters(pipe) / 1e6:.1f} M parameters in {out}")


if __name__ == "__main__":
    main()
