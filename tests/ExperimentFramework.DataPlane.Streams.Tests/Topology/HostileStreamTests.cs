using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Science.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Streams that no host should write leave memory bounded and verdicts right.</summary>
public sealed class HostileStreamTests : IDisposable
{
    private readonly MonitorDriver _driver = new();

    public void Dispose() => _driver.Dispose();

    [Theory]
    [InlineData(0, ExperimentState.Healthy)]
    [InlineData(0.3, ExperimentState.SampleRatioMismatch)]
    public void Clocks_that_are_off_by_a_day_change_no_count_and_no_verdict(double lossOfB, ExperimentState expected)
    {
        var arrived = ArrivingStream.Generate(2_000, lossOfB);
        for (var index = 0; index < arrived.Count; index++)
        {
            // One host is a day behind, one a day ahead, and one is right.
            var off = TimeSpan.FromDays((index % 3) - 1);
            var envelope = arrived[index];
            var payload = envelope.Payload with { Timestamp = envelope.Timestamp + off };
            _driver.Send(KeyOf(envelope), DataPlaneJson.Serialize(envelope with { Timestamp = payload.Timestamp, Payload = payload }), payload.Timestamp.UtcDateTime);
        }

        _driver.PassTime();

        Assert.Equal(CountsOf(arrived), Counts());
        Assert.Equal((1, expected), (_driver.Load(ArrivingStream.Experiment).Run, _driver.Load(ArrivingStream.Experiment).State));
    }

    [Theory]
    [InlineData(0, ExperimentState.Healthy)]
    [InlineData(0.3, ExperimentState.SampleRatioMismatch)]
    public void A_stream_that_is_sent_three_times_counts_once(double lossOfB, ExperimentState expected)
    {
        var arrived = ArrivingStream.Generate(2_000, lossOfB);
        var monitor = new ExperimentMonitor();
        for (var time = 0; time < 3; time++)
        {
            _driver.Send(arrived);
            _driver.PassTime();
            foreach (var envelope in arrived)
            {
                monitor.Observe(envelope, ArrivingStream.Begin);
            }
        }

        var experiment = _driver.Load(ArrivingStream.Experiment);
        Assert.Equal(CountsOf(arrived), Counts());
        Assert.Equal((1, expected), (experiment.Run, experiment.State));
        Assert.Equal(Assert.Single(monitor.GetExperiments()).Crossovers, experiment.Moves.Crossovers);
    }

    [Fact]
    public void Subjects_of_64_KB_are_counted_and_kept_in_a_few_bytes()
    {
        _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("control", 1), ("b", 1))));
        for (var subject = 0; subject < 200; subject++)
        {
            var id = new string('x', 1 << 16) + subject.ToString(CultureInfo.InvariantCulture);
            _driver.Send(Exposures.Envelope(Exposures.Of(id, subject % 2 == 0 ? "b" : "control")));
            _driver.Send(Exposures.Envelope(Exposures.Of(id, subject % 2 == 0 ? "b" : "control")));
        }

        _driver.PassTime();

        Assert.Equal((200, ExperimentState.Healthy), (_driver.Monitored[Exposures.Experiment].Subjects, _driver.Monitored[Exposures.Experiment].State));
        Assert.All(_driver.Subjects.All(), static entry => Assert.InRange(entry.Key.Length + entry.Value.Length, 0, 1_000));
    }

    [Fact]
    public void Ever_new_names_of_experiments_are_bounded_and_logged_and_the_first_ones_are_monitored()
    {
        var names = Simulation.Runs(100_000, 1_000_000);
        _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("control", 1), ("b", 1))));
        for (var name = 0; name < names; name++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"request-{name}");
            if (name % 10 == 0)
            {
                _driver.Send(Exposures.Envelope(Exposures.Of($"s{name}", name % 20 == 0 ? "b" : "control")));
                _driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("control", 1), ("b", 1)) with { ExperimentName = text }));
            }
            else
            {
                _driver.Send(Exposures.Envelope(Exposures.Of("u1", "b") with { ExperimentName = text }));
            }

            if (name == 100)
            {
                _driver.PassTime();
            }
        }

        _driver.PassTime();

        var max = _driver.Monitor.Options.MaxExperiments;
        Assert.Equal(max, _driver.Monitored.Count);
        Assert.Equal((names / 10, ExperimentState.Healthy), (_driver.Monitored[Exposures.Experiment].Subjects, _driver.Monitored[Exposures.Experiment].State));
        Assert.InRange(_driver.Kept.Count(), max, 2 * max);
        Assert.InRange(_driver.Subjects.All().Count(), names / 10, (names / 10) + (5 * max));
        Assert.Equal((names / 10 * 9) - (max - 1), _driver.Monitor.Ignored);
        Assert.Single(_driver.Logged("StreamExperimentsIgnored"));
    }

    [Theory]
    [InlineData("2.0", 0, "StreamMessageUnreadable")]
    [InlineData("1.9", 1, null)]
    public void Events_of_another_major_version_are_passed_over_and_logged_and_those_of_a_later_minor_one_are_counted(string version, int subjects, string? logged)
    {
        var message = DataPlaneJson.Serialize(Exposures.Envelope(Exposures.Of("u1", "b"))).Replace("\"schemaVersion\":\"1.", $"\"new\":[1],\"schemaVersion\":\"{version}", StringComparison.Ordinal);
        _driver.Send("u1"u8.ToArray(), message);
        _driver.PassTime();

        Assert.Equal(subjects, _driver.Monitored.Values.Sum(static experiment => experiment.Subjects));
        Assert.Equal((1 - subjects, 1 - subjects), ((int)_driver.Monitor.Unreadable, _driver.Logged("StreamMessageUnreadable").Count));
        Assert.All(logged is null ? [] : _driver.Logged(logged), static line => Assert.Contains("is an unsupported major version", line, StringComparison.Ordinal));
    }

    private static byte[] KeyOf(DataPlaneEnvelope envelope) => System.Text.Encoding.UTF8.GetBytes((envelope.Payload as ExposureEvent)?.SubjectId ?? string.Empty);

    private static Dictionary<(string Version, string Variant), long> CountsOf(IEnumerable<DataPlaneEnvelope> arrived) => AssignedSubjects.Of(AssignedSubjects.FirstOf(arrived));

    private Dictionary<(string Version, string Variant), long> Counts() => _driver.Load(ArrivingStream.Experiment).Counts.ToDictionary(static count => (count.Version, count.Variant), static count => count.Subjects);
}
