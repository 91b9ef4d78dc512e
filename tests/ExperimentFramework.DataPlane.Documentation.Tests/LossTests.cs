using System.Globalization;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Pages of destinations say in the same words what is lost without an outbox, with the times that the defaults of the options give.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData("docs/how-to/destinations/write-files.md", "outbox.md")]
    [InlineData("docs/how-to/destinations/write-parquet.md", "outbox.md")]
    [InlineData("docs/how-to/destinations/write-sqlite.md", "outbox.md")]
    [InlineData("docs/how-to/destinations/write-postgresql.md", "outbox.md")]
    [InlineData("docs/how-to/destinations/event-hubs.md", "outbox.md")]
    [InlineData("docs/concepts/delivery.md", "../how-to/destinations/outbox.md")]
    public void Pages_say_what_is_lost_without_an_outbox_and_after_how_long(string page, string outbox)
    {
        var retry = new RetryOptions();

        // A pause follows each attempt but the last one; each is drawn between zero and its bound, so half of it on average.
        var longest = Enumerable.Range(0, retry.MaxAttempts - 1).Sum(failure => Math.Min(retry.MaxDelay.TotalSeconds, retry.BaseDelay.TotalSeconds * Math.Pow(2, failure)));

        Assert.Contains(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Without an [outbox]({outbox}), a lasting fault loses events: those that a destination has not accepted after `Retry.MaxAttempts` attempts ({retry.MaxAttempts}; by default they take {longest:0.#} seconds at most and {longest / 2:0.#} on average) are dropped as `retries_exhausted`, and those that find its queue full as `queue_full`."),
            Page.Get(page).Text,
            StringComparison.Ordinal);
    }
}
