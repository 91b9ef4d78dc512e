using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.Peers;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>How many records a second come through from two producers to one reader that discards them, nothing lost where the way waits.</summary>
internal static class ThroughputTable
{
    private const int Producers = 2;
    private const string Structures = "bounded channel of 64-byte structures";

    private static readonly Dictionary<string, Func<RecordPipe>> Pipes = new()
    {
        ["bounded channel of event objects"] = () => new ChannelPipe<LeanEventCheckout.LeanEvent>(static (subject, now) => new()
        {
            Experiment = "checkout", Variant = "other", Subject = subject, Reason = "fixed", Timestamp = new DateTimeOffset(now, TimeSpan.Zero),
        }),
        [Structures] = () => new ChannelPipe<RingRecord>(static (subject, now) => new() { Experiment = Structures, Variant = Structures, Subject = subject, Timestamp = now }),
        ["rings of 64-byte structures, no order between threads"] = () => new RingsPipe(Producers),
        ["the data plane's record queue, `Block`"] = () => new QueuePipe(),
        ["OpenTelemetry batch log processor"] = () => new LogPipe(),
    };

    public static Table Measure(int rounds, int recordsEach)
    {
        var rates = Pipes.Keys.ToDictionary(name => name, _ => new List<(double Rate, double Lost)>());

        // In turn, so that what else the machine does meets all of them; the first round is not counted.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, create) in Pipes)
            {
                var measured = Run(create, recordsEach);
                if (round > 0)
                {
                    rates[name].Add(measured);
                }
            }
        }

        var medians = rates.ToDictionary(pipe => pipe.Key, pipe => pipe.Value.OrderBy(run => run.Rate).ElementAt(rounds / 2));
        var table = new Table("two producers, one reader that discards", "million records/s", "of the channel of structures", "lost");
        foreach (var (name, (rate, lost)) in medians)
        {
            table.Add(name, rate / 1e6, rate / medians[Structures].Rate, string.Create(CultureInfo.InvariantCulture, $"{lost:P0}"));
        }

        return table;
    }

    private static (double Rate, double Lost) Run(Func<RecordPipe> create, int recordsEach)
    {
        using var pipe = create();
        var reader = new Thread(pipe.ReadAll);
        var producers = Enumerable.Range(0, Producers).Select(producer => new Thread(() =>
        {
            var subjects = new Subjects();
            for (var written = 0; written < recordsEach; written += CallPath.BurstSize)
            {
                foreach (var subject in subjects.NextBurst())
                {
                    pipe.Write(producer, subject);
                }
            }
        })).ToList();
        var started = Stopwatch.GetTimestamp();
        reader.Start();
        producers.ForEach(thread => thread.Start());
        producers.ForEach(thread => thread.Join());
        pipe.Complete();
        reader.Join();
        return (pipe.Read / Stopwatch.GetElapsedTime(started).TotalSeconds, 1 - (pipe.Read / (double)(Producers * recordsEach)));
    }
}
