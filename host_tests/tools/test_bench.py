import bench


def test_hanport_is_at_least_twelve_times_as_fast_and_leaves_no_garbage():
    result = bench.measure(chunk=64, rounds=3)
    assert result["amshan"] / result["hanport"] >= bench.MIN_RATIO, result
    assert result["heap"] <= bench.MAX_HEAP, result
