namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>What the accounts add to a call that records nothing: its count, found by the variant as the recorder finds it.</summary>
internal static class AccountCounts
{
    private static readonly Variant Variant = new(1, "b", Build: null, 0);

    private interface ICount
    {
        void Add();
    }

    /// <summary>The count of a call that repeats its subject's last exposure.</summary>
    public static CallPath OfRepeats() => new Counts<RepeatCount>(new RepeatCount(new(static _ => new PerThreadCounter())));

    /// <summary>The count of a call whose subject is not in the sample, which is a drop.</summary>
    public static CallPath OfSampledOut() => new Counts<SampledOutCount>(new SampledOutCount(new(static _ => new StripedCounter())));

    private readonly struct RepeatCount(VariantCounters<PerThreadCounter> counters) : ICount
    {
        public void Add() => counters.CounterFor(Variant).Increment();
    }

    private readonly struct SampledOutCount(VariantCounters<StripedCounter> counters) : ICount
    {
        public void Add() => counters.CounterFor(Variant).Increment();
    }

    /// <summary>Counts as often as a burst has calls. The type of the count is a structure, so that it is compiled into the loop.</summary>
    private sealed class Counts<TCount>(TCount count) : CallPath
        where TCount : struct, ICount
    {
        public override int Burst()
        {
            for (var i = 0; i < BurstSize; i++)
            {
                count.Add();
            }

            return BurstSize;
        }
    }
}
