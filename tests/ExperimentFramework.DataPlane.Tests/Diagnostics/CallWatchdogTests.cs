using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Diagnostics;

/// <summary>Code of the application that does not return is named.</summary>
public sealed class CallWatchdogTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_call_is_trouble_from_five_seconds_on_and_until_it_returns_or_throws()
    {
        var watch = new CallWatchdog("Vault.GetKey", _time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, watch.Run(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
            Assert.Null(watch.DegradedReason);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.StartsWith("Vault.GetKey has not returned for 5 s", watch.DegradedReason, StringComparison.Ordinal);
            return 3;
        }));
        Assert.Null(watch.DegradedReason);

        Assert.Throws<FormatException>(() => watch.Run<int>(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(7));
            Assert.NotNull(watch.DegradedReason);
            throw new FormatException();
        }));
        Assert.Null(watch.DegradedReason);
    }

    [Fact]
    public void Of_calls_that_overlap_the_first_is_watched_until_it_returns()
    {
        var watch = new CallWatchdog("Vault.GetKey", _time);
        _time.Advance(TimeSpan.FromSeconds(1));
        watch.Run(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            watch.Run(() => 1);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.StartsWith("Vault.GetKey has not returned for 5 s", watch.DegradedReason, StringComparison.Ordinal);
            return 2;
        });
    }
}
