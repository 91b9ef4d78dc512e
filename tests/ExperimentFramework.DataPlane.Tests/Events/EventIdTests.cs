namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>Guarantee 14 (docs/concepts/guarantees.md): ids of events are time-ordered.</summary>
public sealed class EventIdTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Event_ids_are_time_ordered_version_7_and_reproducible_from_time_and_sequence()
    {
        var source = new EventIds();
        var ids = Enumerable.Range(0, 5_000).Select(i => source.Create(Now.AddMilliseconds(i / 1_000), i)).ToList();

        Assert.All(ids, id => Assert.Equal((7, 0x8), (id.Version, id.Variant & 0xC)));
        Assert.Equal(ids, ids.OrderBy(id => id.ToString("N"), StringComparer.Ordinal));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(ids[7], source.Create(Now, 7));
        Assert.NotEqual(ids[7], new EventIds().Create(Now, 7));
        Assert.Equal(
            Now.ToUnixTimeMilliseconds(),
            long.Parse(ids[0].ToString("N")[..12], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
    }
}
