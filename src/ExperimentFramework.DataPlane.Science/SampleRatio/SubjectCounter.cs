namespace ExperimentFramework.DataPlane.Science;

/// <summary>The part of an exposure that is needed for counting.</summary>
/// <param name="Timestamp">When it happened, in any unit that preserves order.</param>
/// <param name="SubjectId">Who was exposed.</param>
/// <param name="VariantIndex">The index of the assigned variant.</param>
public readonly record struct SubjectExposure(double Timestamp, string SubjectId, int VariantIndex);

/// <summary>Counts the subjects of a stream of exposures. Exposures may arrive late, more than once, and in several variants.</summary>
public static class SubjectCounter
{
    /// <summary>Counts each subject once.</summary>
    /// <param name="exposures">The exposures in the order of their arrival.</param>
    /// <param name="variants">The number of variants, at least 1.</param>
    /// <returns>The counts by earliest exposure, by first arrival, and of subjects that were seen in only one variant.</returns>
    /// <exception cref="ArgumentException">An exposure has an invalid variant index, or a time that is not finite.</exception>
    public static SubjectCounts Count(IEnumerable<SubjectExposure> exposures, int variants)
    {
        ArgumentNullException.ThrowIfNull(exposures);
        Require.Between(variants, 1, 1_000_000, nameof(variants));
        var subjects = new Dictionary<string, Seen>(StringComparer.Ordinal);
        var events = 0L;
        foreach (var exposure in exposures)
        {
            events++;
            Require.Finite(exposure.Timestamp, nameof(exposures));
            Require.Between(exposure.VariantIndex, 0, variants - 1, nameof(exposures));
            ref var seen = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(subjects, exposure.SubjectId, out var isKnown);
            if (!isKnown)
            {
                seen = new Seen(exposure.Timestamp, exposure.VariantIndex, exposure.VariantIndex, false);
                continue;
            }

            seen.HasCrossed |= exposure.VariantIndex != seen.FirstByArrival;
            if (exposure.Timestamp < seen.Timestamp)
            {
                seen.Timestamp = exposure.Timestamp;
                seen.First = exposure.VariantIndex;
            }
        }

        long[] first = new long[variants], byArrival = new long[variants], clean = new long[variants];
        var crossovers = new List<string>();
        foreach (var (subject, seen) in subjects)
        {
            first[seen.First]++;
            byArrival[seen.FirstByArrival]++;
            if (seen.HasCrossed)
            {
                crossovers.Add(subject);
            }
            else
            {
                clean[seen.First]++;
            }
        }

        crossovers.Sort(StringComparer.Ordinal);
        return new SubjectCounts(events, subjects.Count, first, byArrival, clean, crossovers);
    }

    private record struct Seen(double Timestamp, int First, int FirstByArrival, bool HasCrossed);
}

/// <summary>The subjects of a stream.</summary>
/// <param name="Exposures">The number of exposures.</param>
/// <param name="Subjects">The number of distinct subjects.</param>
/// <param name="ByFirstExposure">Subjects by the variant of their earliest exposure; if times are equal, of the first to arrive.</param>
/// <param name="ByFirstArrival">Subjects by the variant of the exposure that arrived first.</param>
/// <param name="WithoutCrossovers">Subjects that were seen in only one variant. Do not test these counts: leaving out crossovers biases unequal splits.</param>
/// <param name="Crossovers">The ids of the subjects seen in several variants, in ordinal order.</param>
public sealed record SubjectCounts(
    long Exposures,
    long Subjects,
    IReadOnlyList<long> ByFirstExposure,
    IReadOnlyList<long> ByFirstArrival,
    IReadOnlyList<long> WithoutCrossovers,
    IReadOnlyList<string> Crossovers);
