namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>Every bound of the outbox's options exactly at its edge.</summary>
public sealed class OutboxOptionBoundsTests
{
    [Theory]
    [InlineData(4_095, false)]
    [InlineData(4_096, true)]
    [InlineData(1L << 40, true)]
    [InlineData((1L << 40) + 1, false)]
    public void The_size_is_in_range_up_to_its_edges(long maxBytes, bool isRight) =>
        Assert.Equal(isRight, Validated(new SqliteOutboxOptions { MaxBytes = maxBytes }, nameof(SqliteOutboxOptions.MaxBytes)));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(365 * TimeSpan.TicksPerDay, true)]
    [InlineData((365 * TimeSpan.TicksPerDay) + 1, false)]
    public void The_age_is_in_range_up_to_its_edges(long ticks, bool isRight) =>
        Assert.Equal(isRight, Validated(new SqliteOutboxOptions { MaxAge = TimeSpan.FromTicks(ticks) }, nameof(SqliteOutboxOptions.MaxAge)));

    private static bool Validated(SqliteOutboxOptions options, string option)
    {
        var result = new SqliteOutboxOptionsValidator().Validate(null, options);
        Assert.All(result.Failures ?? [], failure => Assert.StartsWith($"SqliteOutboxOptions.{option} is ", failure, StringComparison.Ordinal));
        return result.Succeeded;
    }
}
