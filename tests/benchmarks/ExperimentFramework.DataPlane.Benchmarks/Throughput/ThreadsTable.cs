using System.Diagnostics;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;

namespace ExperimentFramework.DataPlane.Benchmarks.Throughput;

/// <summary>How many calls a second a proxy makes for one to many threads, in `Drop` mode: whatever the queue can't take, calls go on.</summary>
internal static class ThreadsTable
{
    private static readonly int[] ThreadCounts = [1, 2, 4, 8, 16];

    public static Table Measure(TimeSpan duration)
    {
        var table = new Table("threads", "million calls/s", "of two threads", "ns of a processor for a call", "delivered");
        var rates = ThreadCounts.ToDictionary(threads => threads, threads => Run(threads, duration));
        foreach (var (threads, (calls, delivered)) in rates)
        {
            var rate = calls / duration.TotalSeconds;
            table.Add(
                threads,
                rate / 1e6,
                calls / rates[2].Calls,
                Math.Min(threads, Environment.ProcessorCount) * 1e9 / rate,
                (delivered / calls).ToString("P0", System.Globalization.CultureInfo.InvariantCulture));
        }

        return table;
    }

    /// <summary>Calls from a number of threads, and counts how many calls there were and how many exposures arrived.</summary>
    public static (double Calls, double Delivered) Run(int threads, TimeSpan duration)
    {
        using var host = new CheckoutHost(trial => trial.Using(new FixedSelector()), data => (data.MaxQueueSize, data.BatchSize) = (10_000, 500));
        var checkout = host.Get<ICheckout>();
        Count(checkout, 1, TimeSpan.FromSeconds(1));
        host.Drain();
        var received = host.Destination.Received;
        var calls = Count(checkout, threads, duration);
        host.Drain();
        return (calls, host.Destination.Received - received);
    }

    private static long Count(ICheckout checkout, int threads, TimeSpan duration)
    {
        var calls = 0L;
        using var start = new Barrier(threads);
        var running = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            var subjects = new Subjects();
            start.SignalAndWait();
            var own = 0L;
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                foreach (var user in subjects.NextBurst())
                {
                    checkout.Total(user);
                }

                own += CallPath.BurstSize;
            }

            Interlocked.Add(ref calls, own);
        })).ToList();
        running.ForEach(thread => thread.Start());
        running.ForEach(thread => thread.Join());
        return calls;
    }
}
