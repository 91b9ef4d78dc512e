using System.Globalization;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>A message that brokers would refuse is not written, which is logged once; other experiments are monitored as before.</summary>
public sealed class TooLargeTests : IDisposable
{
    /// <summary>2,000 bytes for the values of messages.</summary>
    private readonly MonitorDriver _driver = new(static options => options.Settings["message.max.bytes"] = "6096");

    public void Dispose() => _driver.Dispose();

    [Fact]
    public void A_report()
    {
        for (var build = 0; build < 300; build++)
        {
            Send($"s{build}", build: new Guid(build, 0, 0, new byte[8]));
        }

        SendOther();
        _driver.PassTime();
        Send("more");
        _driver.PassTime();

        Assert.Equal(["other"], _driver.Monitored.Keys);
        Assert.StartsWith("A report of checkout has ", Assert.Single(_driver.Logged("StreamMessageTooLarge")), StringComparison.Ordinal);
        Assert.Equal(2, _driver.Monitor.TooLarge);
    }

    [Fact]
    public void An_event()
    {
        _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", [.. Enumerable.Range(0, 200).Select(static variant => ($"variant-{variant}", 1.0))])));
        Send("u1");
        _driver.PassTime();

        Assert.Equal(1, _driver.Monitored[Exposures.Experiment].Subjects);
        Assert.StartsWith("An event of checkout has ", Assert.Single(_driver.Logged("StreamMessageTooLarge")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_of_a_coordinator_which_goes_on_in_memory()
    {
        var random = new Random(20260601);
        for (var version = 0; version < 60; version++)
        {
            Send($"s{version}", string.Create(CultureInfo.InvariantCulture, $"{random.NextInt64():x16}{random.NextInt64():x16}{random.NextInt64():x16}"));
            _driver.PassTime();
        }

        SendOther();
        _driver.PassTime();

        Assert.Equal((60, 1), (_driver.Monitored[Exposures.Experiment].Subjects, _driver.Monitored["other"].Subjects));
        Assert.StartsWith("The state of the coordinator of checkout has ", Assert.Single(_driver.Logged("StreamMessageTooLarge")), StringComparison.Ordinal);
        Assert.True(_driver.Load(Exposures.Experiment).Subjects < 60);
        Assert.Equal(1, _driver.Load("other").Subjects);
    }

    private void Send(string subject, string version = "v1", Guid? build = null) => _driver.Send(Exposures.Envelope(Exposures.Of(subject, "b", version) with { VariantBuild = build }));

    private void SendOther() => _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b") with { ExperimentName = "other" }));
}
