namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class VariantCountersTests
{
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    public void Each_variant_has_the_one_tally_that_was_made_for_it_in_whatever_order_they_come(params int[] order)
    {
        var created = new List<int>();
        var tallies = new VariantCounters<StripedCounter>(variant =>
        {
            created.Add(variant.Id);
            return new StripedCounter();
        });

        var first = order.Select(id => tallies.CounterFor(Variant(id))).ToList();
        var again = order.Select(id => tallies.CounterFor(Variant(id))).ToList();

        Assert.Equal(order, created);
        Assert.Equal(first, again);
        Assert.Equal(3, first.Distinct().Count());
    }

    private static Variant Variant(int id) => new(id, $"v{id}", null, id);
}
