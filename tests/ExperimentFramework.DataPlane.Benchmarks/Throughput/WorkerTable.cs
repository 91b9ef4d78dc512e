using System.Diagnostics;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.Reports;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>How many records a second the worker turns into envelopes and delivers to a destination that does nothing.</summary>
internal static class WorkerTable
{
    private const int Records = 100_000;

    public static Table Measure(int rounds)
    {
        var table = new Table("record to delivered envelope, one worker and one destination", "million events/s", "bytes for an event");
        Add(table, "exposure", rounds, static (checkout, user) => checkout.Total(user));
        Add(table, "exposure with two attributes", rounds, static (checkout, user) => checkout.TotalOf(user, "FR", user.Length));
        return table;
    }

    private static void Add(Table table, string name, int rounds, Func<ICheckout, string, int> call)
    {
        using var host = new CheckoutHost(trial => trial.Using(new FixedSelector()), data => (data.MaxQueueSize, data.BatchSize) = (2 * Records, 2 * Records));
        var checkout = host.Get<ICheckout>();
        var subjects = new Subjects();
        var runs = Enumerable.Range(0, rounds + 5).Select(_ => Run(host, checkout, subjects, call)).Skip(5).ToList();
        table.Add(name, runs.Select(run => run.Rate).Order().ElementAt(rounds / 2) / 1e6, runs.Select(run => run.Bytes).Order().ElementAt(rounds / 2));
    }

    private static (double Rate, double Bytes) Run(CheckoutHost host, ICheckout checkout, Subjects subjects, Func<ICheckout, string, int> call)
    {
        for (var queued = 0; queued < Records; queued += CallPath.BurstSize)
        {
            foreach (var user in subjects.NextBurst())
            {
                call(checkout, user);
            }
        }

        var received = host.Destination.Received;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        host.Drain();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var delivered = host.Destination.Received - received;
        if (delivered != Records)
        {
            throw new InvalidOperationException($"{delivered} of {Records} records were delivered.");
        }

        return (Records / seconds, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)Records);
    }
}
