using System.Diagnostics;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>How many records a second the worker turns into envelopes and delivers to a destination that does nothing.</summary>
internal static class WorkerTable
{
    private const int Records = 1_000_000;
    private const int Uncounted = 2;

    public static Table Measure(int rounds)
    {
        var table = new Table("record to delivered envelope, callers that wait, nothing lost", "million events/s", "bytes for an event, all threads");
        Add(table, "exposure", rounds, static (checkout, user) => checkout.Total(user));
        Add(table, "exposure with two attributes", rounds, static (checkout, user) => checkout.TotalOf(user, "FR", user.Length));
        return table;
    }

    private static void Add(Table table, string name, int rounds, Func<ICheckout, string, int> call)
    {
        using var host = new CheckoutHost(trial => trial.Using(new FixedSelector()), data =>
        {
            // Callers wait, and are many times faster than the worker: what comes through is what the worker does.
#pragma warning disable DP4002 // Waiting on the calling thread is what is wanted here.
            data.FailureMode = BackplaneFailureMode.Block;
#pragma warning restore DP4002
            data.RequiredDestinations.Add(nameof(DiscardingBackplane));
            (data.MaxQueueSize, data.BatchSize, data.BlockTimeout) = (10_000, 500, TimeSpan.FromMinutes(1));
        });
        var checkout = host.Get<ICheckout>();
        var subjects = new Subjects();
        var runs = Enumerable.Range(0, rounds + Uncounted).Select(_ => Run(host, checkout, subjects, call)).Skip(Uncounted).ToList();
        table.Add(name, runs.Select(run => run.Rate).Order().ElementAt(rounds / 2) / 1e6, runs.Select(run => run.Bytes).Order().ElementAt(rounds / 2));
    }

    private static (double Rate, double Bytes) Run(CheckoutHost host, ICheckout checkout, Subjects subjects, Func<ICheckout, string, int> call)
    {
        var received = host.Destination.Received;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        for (var recorded = 0; recorded < Records; recorded += CallPath.BurstSize)
        {
            foreach (var user in subjects.NextBurst())
            {
                call(checkout, user);
            }
        }

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
