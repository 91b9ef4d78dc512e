namespace ExperimentFramework.DataPlane.Science;

/// <summary>An exposure as far as counting needs it.</summary>
/// <param name="Timestamp">When it happened, in any unit that orders.</param>
/// <param name="SubjectId">Who was exposed.</param>
/// <param name="VariantIndex">The index of the assigned variant.</param>
public readonly record struct SubjectExposure(double Timestamp, string SubjectId, int VariantIndex);

/// <summary>Counts the subjects of a stream of exposures, which may come late, twice, and in several variants.</summary>
public static class SubjectCounter
{
    /// <summary>Counts each subject once.</summary>
    /// <param name="exposures">The exposures in the order of their arrival.</param>
    /// <param name="variants">How many variants there are, at least 1.</param>
    /// <returns>The counts by first exposure in time, by first arrival, and of the subjects that were seen in one variant only.</returns>
    /// <exception cref="ArgumentException">An exposure names a variant that is not there, or no finite time.</exception>
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
/// <param name="Exposures">How many exposures there were.</param>
/// <param name="Subjects">How many distinct subjects.</param>
/// <param name="ByFirstExposure">Subjects by the variant of their exposure with the earliest time; of equal times the first to arrive.</param>
/// <param name="ByFirstArrival">Subjects by the variant of the exposure that arrived first.</param>
/// <param name="WithoutCrossovers">Subjects that were seen in one variant only. Do not test these: leaving crossovers out biases unequal splits.</param>
/// <param name="Crossovers">The ids of the subjects seen in several variants, in ordinal order.</param>
public sealed record SubjectCounts(
    long Exposures,
    long Subjects,
    IReadOnlyList<long> ByFirstExposure,
    IReadOnlyList<long> ByFirstArrival,
    IReadOnlyList<long> WithoutCrossovers,
    IReadOnlyList<string> Crossovers);
