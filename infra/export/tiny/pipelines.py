"""Tiny complete pipelines, each with the scheduler that the converted checkpoint has.

Scheduler configurations: diffusers scripts/convert_cosmos_to_diffusers.py; Cosmos3's `flow_shift=10`:
diffusers docs/source/en/api/pipelines/cosmos3.md.
"""

from diffusers import (
    Cosmos2_5_PredictBasePipeline,
    Cosmos2_5_TransferPipeline,
    Cosmos2VideoToWorldPipeline,
    Cosmos3OmniPipeline,
    CosmosTextToWorldPipeline,
    CosmosVideoToWorldPipeline,
    EDMEulerScheduler,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
)
from diffusers.modular_pipelines import Cosmos3DistilledModularPipeline, Cosmos3OmniModularPipeline

from worldexport.runtime import PassingChecker

from . import parts
from .tokenizers import qwen_tokenizer, t5_tokenizer

# One VAE and one T5 of each kind for all fixtures: their files are then the same, and git keeps one copy.
VAE_SEED, TEXT_SEED = 3, 4

FLOW = dict(use_flow_sigmas=True, prediction_type="flow_prediction")


def edm() -> EDMEulerScheduler:
    return EDMEulerScheduler(
        sigma_min=0.002,
        sigma_max=80,
        sigma_data=0.5,
        sigma_schedule="karras",
        num_train_timesteps=1000,
        prediction_type="epsilon",
        rho=7.0,
        final_sigmas_type="sigma_min",
    )


def unipc_karras() -> UniPCMultistepScheduler:
    return UniPCMultistepScheduler(use_karras_sigmas=True, sigma_max=200.0, sigma_min=0.01, **FLOW)


def unipc_shifted() -> UniPCMultistepScheduler:
    return UniPCMultistepScheduler(flow_shift=10.0, **FLOW)


def predict1(video: bool = False, seed: int = 10):
    tokenizer = t5_tokenizer()
    cls = CosmosVideoToWorldPipeline if video else CosmosTextToWorldPipeline
    channels = dict(in_channels=5 if video else 4, out_channels=4)
    return cls(
        text_encoder=parts.t5(TEXT_SEED, len(tokenizer)),
        tokenizer=tokenizer,
        transformer=parts.dit(seed + 1, rope_scale=(2.0, 1.0, 1.0), extra_pos_embed_type="learnable", **channels),
        vae=parts.kl_cosmos(VAE_SEED),
        scheduler=edm(),
        safety_checker=PassingChecker(),
    )


def predict2(seed: int = 20):
    tokenizer = t5_tokenizer()
    return Cosmos2VideoToWorldPipeline(
        text_encoder=parts.t5(TEXT_SEED, len(tokenizer)),
        tokenizer=tokenizer,
        transformer=parts.dit(seed + 1, in_channels=17, rope_scale=(20 / 24, 2.0, 2.0), extra_pos_embed_type=None),
        vae=parts.wan21(VAE_SEED),
        scheduler=FlowMatchEulerDiscreteScheduler(use_karras_sigmas=True),
        safety_checker=PassingChecker(),
    )


def _predict25(seed: int, **options):
    tokenizer = qwen_tokenizer()
    dit = dict(in_channels=17, rope_scale=(1.0, 3.0, 3.0), extra_pos_embed_type=None, **parts.REASON1)
    return dict(
        text_encoder=parts.reason1(seed, len(tokenizer)),
        tokenizer=tokenizer,
        transformer=parts.dit(seed + 1, **dit, **options),
        vae=parts.wan21(VAE_SEED),
        scheduler=unipc_karras(),
        safety_checker=PassingChecker(),
    )


def predict25(seed: int = 30):
    return Cosmos2_5_PredictBasePipeline(**_predict25(seed))


def transfer25(seed: int = 40, controlnet_seed: int = 45):
    image = dict(parts.IMAGE_CONTEXT, img_context_num_tokens=4, controlnet_block_every_n=1)
    return Cosmos2_5_TransferPipeline(**_predict25(seed, **image), controlnet=parts.controlnet(controlnet_seed))


def cosmos3(seed: int = 50):
    tokenizer = qwen_tokenizer()
    return Cosmos3OmniPipeline(
        transformer=parts.cosmos3(seed, len(tokenizer)),
        text_tokenizer=tokenizer,
        vae=parts.wan22(VAE_SEED),
        scheduler=unipc_shifted(),
        enable_safety_checker=False,
    )


def cosmos3_modular(pipe: Cosmos3OmniPipeline) -> Cosmos3OmniModularPipeline:
    """The modular pipeline, which alone has transfer, over the same components."""
    return fill(Cosmos3OmniModularPipeline(), pipe)


def cosmos3_distilled(seed: int = 60) -> Cosmos3DistilledModularPipeline:
    """Four steps, stochastic flow matching, Nemotron-style layers (relu2, no text QK norm)."""
    tokenizer = qwen_tokenizer()
    options = dict(hidden_act="relu2", qk_norm_for_text=False, use_und_k_norm_for_gen=True, rms_norm_eps=1e-5)
    source = Cosmos3OmniPipeline(
        transformer=parts.cosmos3(seed, len(tokenizer), **options),
        text_tokenizer=tokenizer,
        vae=parts.wan22(VAE_SEED),
        scheduler=unipc_shifted(),
        enable_safety_checker=False,
    )
    source.scheduler = FlowMatchEulerDiscreteScheduler(stochastic_sampling=True)
    pipe = fill(Cosmos3DistilledModularPipeline(), source)
    pipe.update_components(distilled_sigmas=DISTILLED_SIGMAS)
    return pipe


# The published schedule is in the checkpoint; this one has its shape: four falling values from 1.
DISTILLED_SIGMAS = [1.0, 0.9375, 0.8333, 0.625]


def fill(modular, pipe):
    modular.update_components(
        transformer=pipe.transformer, text_tokenizer=pipe.text_tokenizer, vae=pipe.vae, scheduler=pipe.scheduler
    )
    modular.disable_safety_checker()
    return modular
