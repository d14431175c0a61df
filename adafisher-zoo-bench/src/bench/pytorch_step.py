#!/usr/bin/python3
"""A training step under Adam in PyTorch and in Deeplearning4j: the same networks, minibatches and threads.

    mvn -q -DskipTests package
    /usr/bin/python3 adafisher-zoo-bench/src/bench/pytorch_step.py [--rounds 5] [--threads 2] [lenet resnet18 transformer]

PyTorch is Debian's python3-torch, with oneDNN. Its dense layers call whatever BLAS the system has, which may be the slow
reference one: here it gets the OpenBLAS that Deeplearning4j brings. Run it from the top of the checkout on a machine that
does nothing else. In each round PyTorch is timed, then the benchmark's "cost" command on oneDNN, then the same with plain
natives; a ratio is the median over rounds of the ratio within a round. The networks are told to be the same by their
number of parameters.
"""
import argparse
import csv
import glob
import os
import statistics
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

JAR = "adafisher-zoo-bench/target/adafisher-bench.jar"
OPENBLAS = "~/.javacpp/cache/adafisher-bench.jar/org/bytedeco/openblas/*/libopenblas.so.0"  # as JavaCPP unpacks it
WARM_UP = 5
BATCHES = {"lenet": 64, "resnet18": 32, "transformer": 16}


def lenet():
    net = nn.Sequential(
        nn.Conv2d(1, 20, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(50 * 7 * 7, 500), nn.ReLU(), nn.Linear(500, 10))
    return net, torch.rand(64, 1, 28, 28), torch.randint(10, (64,))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


def resnet18(width=16):
    layers = [nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    inputs = width
    for stage in range(4):
        for block in range(2):
            outputs = width << stage
            layers.append(Block(inputs, outputs, 2 if stage > 0 and block == 0 else 1))
            inputs = outputs
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10)]
    return nn.Sequential(*layers), torch.rand(32, 3, 32, 32), torch.randint(10, (32,))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.queries, self.keys, self.values, self.output = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        batch, time_steps, width = x.shape

        def split(y):
            return y.view(batch, time_steps, self.heads, width // self.heads).transpose(1, 2)

        q, k, v = split(self.queries(x)), split(self.keys(x)), split(self.values(x))
        scores = q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5
        mask = torch.ones(time_steps, time_steps, dtype=torch.bool).tril()
        attended = scores.masked_fill(~mask, float("-inf")).softmax(-1) @ v
        return self.output(attended.transpose(1, 2).reshape(batch, time_steps, width))


class Transformer(nn.Module):
    def __init__(self, tokens, width, heads, layers, context):
        super().__init__()
        self.tokens = nn.Embedding(tokens, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(
            nn.ModuleList([
                nn.LayerNorm(width), Attention(width, heads), nn.LayerNorm(width),
                nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))])
            for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, tokens)

    def forward(self, x):
        x = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        for norm1, attention, norm2, inner in self.blocks:
            x = x + attention(norm1(x))
            x = x + inner(norm2(x))
        return self.output(self.norm(x)).transpose(1, 2)


def transformer():
    tokens = 256
    return (Transformer(tokens, 64, 4, 2, 64), torch.randint(tokens, (16, 64)), torch.randint(tokens, (16, 64)))


def torch_millis(net, x, y, steps):
    optimizer = torch.optim.Adam(net.parameters(), 1e-6)
    times = []
    for step in range(WARM_UP + steps):
        start = time.perf_counter()
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[WARM_UP:])


def dl4j(model, natives, threads):
    """The benchmark's own measurement: milliseconds a step by optimizer, and the number of parameters."""
    folder = f"results/cost/pytorch/{model}-{natives}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
    environment.update(OMP_NUM_THREADS=str(threads), OMP_WAIT_POLICY="PASSIVE")
    subprocess.run(
        ["java", f"-Dadafisher.natives={natives}", "-jar", JAR, "cost", f"--out={folder}",
         f"config/cost/pytorch/{model}.yaml"],
        check=True, stdout=subprocess.DEVNULL, env=environment)
    with open(f"{folder}/cost.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["optimizer"]: float(row["step_ms"]) for row in rows}, int(rows[0]["parameters"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=list(BATCHES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    if not os.path.exists(JAR):
        sys.exit(f"{JAR} is missing: build it with mvn -q -DskipTests package, and run this from the top of the checkout.")
    if "LD_PRELOAD" not in os.environ:
        unpacked = glob.glob(os.path.expanduser(OPENBLAS))
        if not unpacked:
            dl4j("lenet", "plain", arguments.threads)
            unpacked = glob.glob(os.path.expanduser(OPENBLAS))
        folder = os.path.dirname(unpacked[0])
        os.execve(sys.executable, [sys.executable, *sys.argv],
                  {**os.environ, "LD_PRELOAD": unpacked[0], "LD_LIBRARY_PATH": folder})
    torch.set_num_threads(arguments.threads)
    print("| milliseconds a step | batch | PyTorch, Adam | DL4J on oneDNN, Adam | of PyTorch's | plain, Adam | of PyTorch's |")
    print("|---|---|---|---|---|---|---|")
    for model in arguments.models:
        net, x, y = globals()[model]()
        size = sum(p.numel() for p in net.parameters())
        rounds = []
        for _ in range(arguments.rounds):
            own = torch_millis(net, x, y, 30)
            onednn, parameters = dl4j(model, "onednn", arguments.threads)
            plain, _ = dl4j(model, "plain", arguments.threads)
            # Deeplearning4j counts the running mean and variance of batch normalization, too.
            buffers = sum(b.numel() for b in net.buffers() if b.dim() > 0)
            if parameters != size + buffers:
                sys.exit(f"{model}: {parameters} parameters in Deeplearning4j and {size + buffers} in PyTorch.")
            rounds.append((own, onednn["Adam"], plain["Adam"]))

        def median(of):
            return statistics.median(map(of, rounds))

        print(
            f"| {model} | {BATCHES[model]} | {median(lambda r: r[0]):.1f} | {median(lambda r: r[1]):.1f} |"
            f" {median(lambda r: r[1] / r[0]):.2f} | {median(lambda r: r[2]):.1f} | {median(lambda r: r[2] / r[0]):.2f} |",
            flush=True)


if __name__ == "__main__":
    main()
