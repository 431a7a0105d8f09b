"""Tiny models of each kind, with the shapes of diffusers' own Cosmos tests but converted-checkpoint options."""

from diffusers import (
    AutoencoderKLCosmos,
    AutoencoderKLWan,
    Cosmos3OmniTransformer,
    CosmosControlNetModel,
    CosmosTransformer3DModel,
)
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, T5Config, T5EncoderModel

from .weights import seeded, strengthen_text

DIT = dict(
    num_attention_heads=2,
    attention_head_dim=16,
    num_layers=2,
    mlp_ratio=2,
    text_embed_dim=32,
    adaln_lora_dim=4,
    max_size=(8, 32, 32),
)
REASON1 = dict(use_crossattn_projection=True, crossattn_proj_in_channels=32, encoder_hidden_states_channels=32)
IMAGE_CONTEXT = dict(img_context_dim_in=12, img_context_dim_out=32)


def dit(seed: int, **options) -> CosmosTransformer3DModel:
    """Predict1: in 4 or 5, learnable positions; Predict2 and later: in 17, none."""
    return strengthen_text(seeded(CosmosTransformer3DModel, seed, **{**DIT, **options}))


def controlnet(seed: int) -> CosmosControlNetModel:
    shared = {k: v for k, v in DIT.items() if k != "num_layers"}
    net = seeded(
        CosmosControlNetModel,
        seed,
        **shared,
        **REASON1,
        **IMAGE_CONTEXT,
        n_controlnet_blocks=2,
        in_channels=130,
        latent_channels=18,
        model_channels=32,
        rope_scale=(1.0, 3.0, 3.0),
    )
    return strengthen_text(net)


def kl_cosmos(seed: int) -> AutoencoderKLCosmos:
    """CV4x4x4 with 4 channels; mean and deviation for each channel and latent frame, as CV8x8x8 1.0 has."""
    frames = 8
    vae = seeded(
        AutoencoderKLCosmos,
        seed,
        latent_channels=4,
        encoder_block_out_channels=(8, 8, 8, 8),
        decode_block_out_channels=(8, 8, 8, 8),
        attention_resolutions=(8,),
        resolution=64,
        num_layers=2,
        patch_size=4,
        patch_type="haar",
        spatial_compression_ratio=4,
        temporal_compression_ratio=4,
        latents_mean=[0.1 * (i % 5) - 0.2 for i in range(4 * frames)],
        latents_std=[0.5 + 0.1 * (i % 7) for i in range(4 * frames)],
    )
    # The inverse wavelet multiplies by 8; quieter output keeps frames inside [-1, 1], where a difference shows.
    vae.decoder.conv_out.conv_t.weight.data *= 0.2
    vae.decoder.conv_out.conv_t.bias.data *= 0.2
    return vae


def wan21(seed: int) -> AutoencoderKLWan:
    """8x8x4, 16 channels, with Wan 2.1's real latent statistics (the class defaults)."""
    options = dict(base_dim=8, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True])
    return seeded(AutoencoderKLWan, seed, z_dim=16, **options)


def wan22(seed: int) -> AutoencoderKLWan:
    """16x16x4, 48 channels, residual blocks and a 2x2 pixel patch, as Wan 2.2 has."""
    return seeded(
        AutoencoderKLWan,
        seed,
        base_dim=4,
        decoder_base_dim=6,
        z_dim=48,
        dim_mult=[1, 1, 2, 2],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        is_residual=True,
        patch_size=2,
        in_channels=12,
        out_channels=12,
        scale_factor_spatial=16,
        latents_mean=[0.05 * (i % 9) - 0.2 for i in range(48)],
        latents_std=[0.4 + 0.05 * (i % 11) for i in range(48)],
    )


def t5(seed: int, vocabulary: int) -> T5EncoderModel:
    config = T5Config(vocab_size=vocabulary, d_model=32, d_ff=37, d_kv=8, num_heads=4, num_layers=3, dropout_rate=0.0)
    return seeded(lambda: T5EncoderModel(config), seed)


def reason1(seed: int, vocabulary: int) -> Qwen2_5_VLForConditionalGeneration:
    """Two layers of 16 channels, so that the joined states have the 32 channels of `crossattn_proj`."""
    config = Qwen2_5_VLConfig(
        text_config=dict(
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            vocab_size=vocabulary,
            rope_parameters={"mrope_section": [1, 1, 2], "rope_type": "default", "rope_theta": 1000000.0},
        ),
        vision_config=dict(depth=1, hidden_size=16, intermediate_size=16, num_heads=2, out_hidden_size=16),
    )
    return seeded(lambda: Qwen2_5_VLForConditionalGeneration(config), seed)


def cosmos3(seed: int, vocabulary: int, **options) -> Cosmos3OmniTransformer:
    base = dict(
        hidden_size=32,
        head_dim=16,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        num_hidden_layers=2,
        latent_channel=48,
        latent_patch_size=2,
        patch_latent_dim=192,
        rope_axes_dim=[4, 2, 2],
        vocab_size=vocabulary,
    )
    return seeded(Cosmos3OmniTransformer, seed, **{**base, **options})
