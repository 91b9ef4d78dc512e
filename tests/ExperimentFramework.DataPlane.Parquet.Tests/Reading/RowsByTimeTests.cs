using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests.Reading;

/// <summary>Rows that are sorted by experiment are read in order of time.</summary>
public sealed class RowsByTimeTests
{
    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("1 2 3")]
    [InlineData("3 2 1")]
    [InlineData("1 4 2 5 3 6")]
    [InlineData("1 1 2 1 1 2 1 1 2")]
    [InlineData("2 2 1 1 2 2 1 1")]
    [InlineData("7 8 1 2 5 6 3 4 0 9")]
    public void Rows_are_in_order_of_time_to_100_ns_and_those_of_one_time_in_their_own(string times)
    {
        long[] ticks = [.. times.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        using var tables = new EventTables();
        var table = tables.Of(SampleEvents.Exposure);
        foreach (var tick in ticks)
        {
            table.Add(SampleEvents.Envelope(SampleEvents.Exposure with { Timestamp = DateTimeOffset.UnixEpoch.AddTicks(tick) }));
        }

        Assert.Equal(Enumerable.Range(0, ticks.Length).OrderBy(row => ticks[row]), RowsByTime.Of(table));
    }
}
