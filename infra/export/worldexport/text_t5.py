"""`text_encoder` of Predict1 and Predict2: T5 v1 encoder, padded rows zeroed as `_get_t5_prompt_embeds` does."""

import torch.nn as nn


class T5Text(nn.Module):
    input_names = ["input_ids", "attention_mask"]

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        """int64 [B, S] twice to float32 [B, S, D]."""
        states = self.model(input_ids, attention_mask=attention_mask).last_hidden_state
        return states.float() * attention_mask.unsqueeze(-1).float()
