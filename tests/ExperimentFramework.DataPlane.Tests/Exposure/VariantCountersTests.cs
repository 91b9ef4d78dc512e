namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class VariantCountersTests
{
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    public void Each_variant_has_one_counter_in_whatever_order_variants_are_counted(params int[] order)
    {
        var created = new List<int>();
        var counters = new VariantCounters(variant =>
        {
            created.Add(variant.Id);
            return new PerThreadCounter();
        });

        var first = order.Select(id => counters.CounterFor(Variant(id))).ToList();
        var again = order.Select(id => counters.CounterFor(Variant(id))).ToList();

        Assert.Equal(order, created);
        Assert.Equal(first, again);
        Assert.Equal(3, first.Distinct().Count());
    }

    private static Variant Variant(int id) => new(id, $"v{id}", null, id);
}
