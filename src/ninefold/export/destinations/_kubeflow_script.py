"""The script that an export to Kubeflow writes; words between @ are filled in."""

TEXT = '''"""The nine stages of Ninefold as a Kubeflow pipeline.

python pipeline.py             compiles it to pipeline.yaml
python pipeline.py run TABLE   runs it here, without a cluster: each stage is a process
"""

import json
import sys
from pathlib import Path

from kfp import compiler, dsl, local

HERE = Path(__file__).parent
ORDER = json.dumps(json.loads((HERE / "order.json").read_text("utf-8")))  # one line: kfp puts it into a comment


@dsl.component(base_image=@IMAGE@, packages_to_install=@PACKAGES@)
def problem(order: str, table: dsl.Input[dsl.Dataset], run: dsl.Output[dsl.Artifact]):
    """The first stage: what is asked, of this table."""
    import json
    import subprocess
    from pathlib import Path

    Path(run.path).mkdir(parents=True, exist_ok=True)
    asked = json.loads(order) | {"source": table.path}
    (Path(run.path) / "order.json").write_text(json.dumps(asked), "utf-8")
    subprocess.run(["ninefold", "stage", "problem", run.path], check=True)


@dsl.component(base_image=@IMAGE@, packages_to_install=@PACKAGES@)
def collect(table: dsl.Input[dsl.Dataset], before: dsl.Input[dsl.Artifact], run: dsl.Output[dsl.Artifact]):
    """The second stage, the last one that reads the table."""
    import json
    import shutil
    import subprocess
    from pathlib import Path

    shutil.copytree(before.path, run.path, dirs_exist_ok=True)
    order = Path(run.path) / "order.json"
    order.write_text(json.dumps(json.loads(order.read_text("utf-8")) | {"source": table.path}), "utf-8")
    subprocess.run(["ninefold", "stage", "collect", run.path], check=True)


@dsl.component(base_image=@IMAGE@, packages_to_install=@PACKAGES@)
def stage(name: str, before: dsl.Input[dsl.Artifact], run: dsl.Output[dsl.Artifact]):
    """A stage that is made from the chapters before it alone."""
    import shutil
    import subprocess

    shutil.copytree(before.path, run.path, dirs_exist_ok=True)
    subprocess.run(["ninefold", "stage", name, run.path], check=True)


@dsl.component(base_image=@IMAGE@, packages_to_install=@PACKAGES@)
def evaluate(before: dsl.Input[dsl.Artifact], run: dsl.Output[dsl.Artifact], metrics: dsl.Output[dsl.Metrics]):
    """The seventh stage, whose scores the pipeline's page shows."""
    import json
    import shutil
    import subprocess
    from pathlib import Path

    shutil.copytree(before.path, run.path, dirs_exist_ok=True)
    subprocess.run(["ninefold", "stage", "evaluate", run.path], check=True)
    for name, measured in json.loads((Path(run.path) / "metrics.json").read_text("utf-8")).items():
        metrics.log_metric(name, measured["value"] if isinstance(measured, dict) else measured)


@dsl.component(base_image=@IMAGE@, packages_to_install=@PACKAGES@)
def monitor(
    before: dsl.Input[dsl.Artifact],
    run: dsl.Output[dsl.Artifact],
    bundle: dsl.Output[dsl.Model],
    report: dsl.Output[dsl.HTML],
):
    """The last stage: the bundle that ships, and the report."""
    import shutil
    import subprocess
    from pathlib import Path

    shutil.copytree(before.path, run.path, dirs_exist_ok=True)
    subprocess.run(["ninefold", "stage", "monitor", run.path], check=True)
    shutil.copytree(Path(run.path) / "bundle", bundle.path, dirs_exist_ok=True)
    shutil.copyfile(Path(run.path) / "report.html", report.path)


@dsl.pipeline(name=@NAME@, description="The nine stages of Ninefold")
def ninefold(table: str, order: str = ORDER) -> dsl.Model:
    """``table``: the address of a file (s3://, gs:// or minio://; here, a path)."""
    source = dsl.importer(artifact_uri=table, artifact_class=dsl.Dataset, reimport=True)
    asked = problem(order=order, table=source.output)
    done = collect(table=source.output, before=asked.outputs["run"])
    for name in ("prepare", "features", "select", "train"):
        done = stage(name=name, before=done.outputs["run"])
        done.set_display_name(name)
    done = evaluate(before=done.outputs["run"])
    done = stage(name="deploy", before=done.outputs["run"])
    done.set_display_name("deploy")
    return monitor(before=done.outputs["run"]).outputs["bundle"]


def main() -> None:
    if sys.argv[1:2] == ["run"]:
        local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root="outputs", raise_on_error=True)
        done = ninefold(table=str(Path(sys.argv[2]).resolve()))
        print(done.output.path)
    else:
        compiler.Compiler().compile(ninefold, str(HERE / "pipeline.yaml"))


if __name__ == "__main__":
    main()
'''
