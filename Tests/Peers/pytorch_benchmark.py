"""The workloads of `course benchmark` in PyTorch (eager), as its users write them."""

import sys

try:
    import torch
except ImportError as error:
    print(f"cannot be compared with: {error}")
    sys.exit()

import numpy
import torch.nn.functional as F
from benchmark_peer import (
    THREADS,
    autoencoder_data,
    autoencoder_weights,
    formula,
    recurrent_weights,
    serve,
    token_data,
    token_weights,
)
from torch import nn

torch.set_num_threads(THREADS)


def tensor(shape, seed, scale=1.0):
    return torch.from_numpy(formula(shape, seed, scale))


def linear(weight):
    """A layer with a weight [in, out] and no bias yet, as a new layer of ours has it."""
    layer = nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight).T)
        layer.bias.zero_()
    return layer


def matrix_product(rows, depth, columns):
    left, right = tensor((rows, depth), 0), tensor((depth, columns), 1)
    return lambda: left @ right


def elementwise(operation, count):
    x, y = tensor((count,), 0, 4.0), tensor((count,), 1)
    function = getattr(torch, operation)
    return (lambda: function(x, y)) if operation == "add" else (lambda: function(x))


def recording():
    scale = tensor((4,), 0).requires_grad_()
    shift = tensor((4,), 1).requires_grad_()

    def run():
        x = shift
        for _ in range(300):
            x = torch.tanh(x * scale + shift)
        return torch.autograd.grad(x.sum(), [scale, shift])[0]

    return run


class RecurrentModel(nn.Module):
    def __init__(self, width, latent=32):
        super().__init__()
        w = recurrent_weights(width, latent)
        self.latent = latent
        self.cell = nn.GRUCell(*w[0].shape[:1], width)
        with torch.no_grad():
            self.cell.weight_ih.copy_(torch.from_numpy(w[0]).T)
            self.cell.weight_hh.copy_(torch.from_numpy(w[1]).T)
            self.cell.bias_ih.zero_()
            self.cell.bias_hh.zero_()
        self.prior = nn.Sequential(linear(w[2]), nn.ELU(), linear(w[3]))
        self.posterior = nn.Sequential(linear(w[4]), nn.ELU(), linear(w[5]))
        self.actor = nn.Sequential(linear(w[6]), nn.ELU(), linear(w[7]))

    def normal(self, numbers):
        mean, deviation = numbers.chunk(2, -1)
        return mean, F.softplus(deviation) + 0.1

    def loss(self, embeddings, actions, noise):
        batch, width = embeddings.shape[1:]
        memory = embeddings.new_zeros(batch, width)
        latent = embeddings.new_zeros(batch, self.latent)
        memories, means, deviations = [], [], []
        for embedding, action, epsilon in zip(embeddings.unbind(), actions.unbind(), noise.unbind()):
            memory = self.cell(torch.cat([latent, action], -1), memory)
            mean, deviation = self.normal(self.posterior(torch.cat([memory, embedding], -1)))
            latent = torch.addcmul(mean, deviation, epsilon)
            memories.append(memory)
            means.append(mean)
            deviations.append(deviation)
        prior_mean, prior_deviation = self.normal(self.prior(torch.stack(memories)))
        mean, deviation = torch.stack(means), torch.stack(deviations)
        divergence = (
            torch.log(prior_deviation / deviation)
            + (deviation.square() + (mean - prior_mean).square()) / (2 * prior_deviation.square())
            - 0.5
        )
        return divergence.sum(-1).mean()


def recurrent_training(batch, width, time=50):
    model = RecurrentModel(width)
    parameters = [p for name, p in model.named_parameters() if not name.startswith("actor")]
    optimizer = torch.optim.Adam(parameters, lr=1e-3, eps=1e-8, fused=True)
    embeddings = tensor((time, batch, width), 100)
    actions = tensor((time, batch, 2), 101)
    noise = tensor((time, batch, 32), 102)

    def run():
        loss = model.loss(embeddings, actions, noise)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 100, foreach=True)
        optimizer.step()
        return loss.detach()

    return run


def cell_inference(width=200):
    model = RecurrentModel(width)
    embedding = tensor((1, width), 100)
    memory, latent, action = torch.zeros(1, width), torch.zeros(1, 32), torch.zeros(1, 2)

    @torch.inference_mode()
    def run():
        nonlocal memory, latent, action
        memory = model.cell(torch.cat([latent, action], -1), memory)
        latent = model.normal(model.posterior(torch.cat([memory, embedding], -1)))[0]
        action = torch.tanh(model.actor(torch.cat([memory, latent], -1)))
        return action

    return run


class ImageAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        w = autoencoder_weights()
        # The features are flattened as [channel, height, width] here.
        mean, log_variance = (
            x.reshape(2, 2, 256, 32).transpose(2, 0, 1, 3).reshape(1024, 32) for x in w[4:6]
        )
        self.encoder = nn.Sequential(
            *[part for x in w[:4] for part in (convolution(nn.Conv2d(*x.shape[2:], 4, 2), x), nn.ReLU())]
        )
        self.mean, self.log_variance, self.start = linear(mean), linear(log_variance), linear(w[6])
        layers = [convolution(nn.ConvTranspose2d(x.shape[3], x.shape[2], x.shape[0], 2), x) for x in w[7:]]
        self.decoder = nn.Sequential(
            layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2], nn.ReLU(), layers[3], nn.Sigmoid()
        )

    def loss(self, images, noise):
        features = self.encoder(images).flatten(1)
        mean, log_variance = self.mean(features), self.log_variance(features)
        latent = torch.addcmul(mean, torch.exp(0.5 * log_variance), noise)
        pictures = self.decoder(self.start(latent)[:, :, None, None])
        error = (pictures - images).square().sum((1, 2, 3))
        divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(-1)
        return (error + divergence.clamp(min=16)).mean()


def convolution(layer, weight):
    """A convolution with a weight [height, width, ...], whose last two axes PyTorch has first, swapped."""
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight).permute(3, 2, 0, 1))
        layer.bias.zero_()
    return layer


def image_training():
    model = ImageAutoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, eps=1e-8, fused=True)
    images, noise = map(torch.from_numpy, autoencoder_data())
    images = images.permute(0, 3, 1, 2).contiguous()  # channels last is no faster here

    def run():
        loss = model.loss(images, noise)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return run


class Block(nn.Module):
    def __init__(self, weights, heads=4):
        super().__init__()
        query, key, value, output, expansion, contraction = weights
        self.heads = heads
        self.attention_norm = nn.LayerNorm(query.shape[0])
        self.query_key_value = linear(numpy.concatenate([query, key, value], 1))
        self.output = linear(output)
        self.expansion_norm = nn.LayerNorm(query.shape[0])
        self.expansion, self.contraction = linear(expansion), linear(contraction)

    def forward(self, x):
        batch, time, width = x.shape
        query, key, value = (
            part.view(batch, time, self.heads, -1).transpose(1, 2)
            for part in self.query_key_value(self.attention_norm(x)).split(width, -1)
        )
        y = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.output(y.transpose(1, 2).reshape(batch, time, width))
        return x + self.contraction(F.gelu(self.expansion(self.expansion_norm(x))))


class TokenModel(nn.Module):
    def __init__(self):
        super().__init__()
        w = token_weights()
        self.tokens = nn.Embedding.from_pretrained(torch.from_numpy(w[0]), freeze=False)
        self.positions = nn.Parameter(torch.from_numpy(w[1]))
        self.blocks = nn.Sequential(*[Block(w[start : start + 6]) for start in range(2, len(w) - 1, 6)])
        self.norm = nn.LayerNorm(w[1].shape[1])
        self.head = linear(w[-1])

    def loss(self, inputs, targets):
        logits = self.head(self.norm(self.blocks(self.tokens(inputs) + self.positions)))
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def token_training():
    model = TokenModel()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, eps=1e-8, weight_decay=0.01, fused=True)
    inputs, targets = map(torch.from_numpy, token_data())

    def run():
        loss = model.loss(inputs, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return run


def prepare(family, parameters):
    match family, parameters:
        case "gemm", sizes:
            return matrix_product(*map(int, sizes))
        case "elementwise", [operation, count]:
            return elementwise(operation, int(count))
        case "recording", []:
            return recording()
        case "rssm-train", sizes:
            return recurrent_training(*map(int, sizes))
        case "cell-inference", []:
            return cell_inference()
        case "vae-train", []:
            return image_training()
        case "transformer-train", []:
            return token_training()


serve(f"PyTorch {torch.__version__}", prepare, lambda result: result.numpy())
