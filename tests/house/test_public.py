"""The public surface: what `import ninefold as nf` offers is sorted, importable, documented, and no more than that."""

import inspect

import pytest

import ninefold


def test_the_surface_is_sorted_and_complete() -> None:
    assert sorted(ninefold.__all__) == ninefold.__all__
    assert dir(ninefold) == ninefold.__all__
    assert {name for name in vars(ninefold) if not name.startswith("_")} <= {*ninefold.__all__, *submodules()}


def submodules() -> set[str]:
    """Rooms that other tests imported: Python hangs them on the package."""
    return {name for name, value in vars(ninefold).items() if inspect.ismodule(value)}


@pytest.mark.parametrize("name", [name for name in ninefold.__all__ if name != "__version__"])
def test_every_name_is_importable_and_documented(name: str) -> None:
    value = getattr(ninefold, name)
    assert value.__module__.startswith("ninefold.")
    assert inspect.getdoc(value)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Cluster'"):
        ninefold.Cluster  # noqa: B018


def test_every_setting_of_the_estimators_is_explained() -> None:
    for estimator in (ninefold.Classifier, ninefold.Clusterer, ninefold.Regressor):
        said = " ".join(inspect.getdoc(cls) or "" for cls in estimator.__mro__ if cls.__module__.startswith("ninefold"))
        names = inspect.signature(estimator).parameters
        assert [name for name in names if name not in said] == []
