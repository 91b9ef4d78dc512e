namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class LossToleranceTests
{
    public static TheoryData<long[], long[], double[]> Cases => new()
    {
        { [100, 60], [0, 50], [1, 1] },
        { [100, 60], [30, 10], [1, 1] },
        { [90, 20], [40, 3], [9, 1] },
        { [40, 40, 10], [5, 0, 12], [1, 1, 1] },
        { [40, 20, 10], [9, 9, 9], [4, 2, 3] },
        { [0, 30], [8, 0], [1, 3] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_smallest_evidence_is_that_of_the_best_of_all_possible_counts(long[] counts, long[] lost, double[] weights)
    {
        var plan = AllocationPlan.TryCreate([.. Enumerable.Range(0, counts.Length)], weights)!;

        Assert.Equal(Search(plan, counts, lost, 0), LossTolerance.SmallestLogEValue(plan, counts, lost), 1e-2);
    }

    [Fact]
    public void Without_losses_it_is_the_evidence_itself()
    {
        var plan = AllocationPlan.TryCreate([0, 1], [1, 1])!;

        Assert.Equal(plan.LogEValue([500, 400]), LossTolerance.SmallestLogEValue(plan, [500, 400], [0, 0]));
    }

    [Fact]
    public void Losses_of_a_variant_that_has_too_many_subjects_explain_nothing()
    {
        var plan = AllocationPlan.TryCreate([0, 1], [1, 1])!;

        Assert.Equal(plan.LogEValue([500, 400]), LossTolerance.SmallestLogEValue(plan, [500, 400], [10_000, 0]), 1e-9);
    }

    private static double Search(AllocationPlan plan, long[] counts, long[] lost, int variant)
    {
        if (variant == counts.Length)
        {
            return plan.LogEValue(counts);
        }

        var smallest = double.PositiveInfinity;
        for (var more = 0L; more <= lost[variant]; more++)
        {
            long[] possible = [.. counts];
            possible[variant] += more;
            smallest = Math.Min(smallest, Search(plan, possible, lost, variant + 1));
        }

        return smallest;
    }
}
