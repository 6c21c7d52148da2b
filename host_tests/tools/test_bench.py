import bench


def test_hanport_is_at_least_twelve_times_as_fast_and_leaves_no_garbage():
    result = bench.measure(chunk=64, rounds=3)
    assert result["amshan"] / result["hanport"] >= bench.MIN_RATIO, result
    assert result["heap"] <= bench.MAX_HEAP, result


def test_hanport_takes_a_tenth_of_the_heap_at_most():
    octets = bench.memory(bench.case()[0])
    assert 0 < octets["hanport"] < octets["amshan"] / 10, octets
