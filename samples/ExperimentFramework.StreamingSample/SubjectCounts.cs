using System.Collections.Concurrent;
using ExperimentFramework.DataPlane;

namespace ExperimentFramework.StreamingSample;

/// <summary>Counts the subjects of each variant. Delivery is at least once, so each is counted once however often it is added.</summary>
internal sealed class SubjectCounts
{
    private readonly ConcurrentDictionary<(string Variant, string Subject), bool> _subjects = new();

    /// <summary>The number of subjects by variant.</summary>
    public IReadOnlyDictionary<string, int> ByVariant => _subjects.Keys.CountBy(key => key.Variant).ToDictionary();

    /// <summary>Returns whether both have the same subjects for the same variants.</summary>
    public bool HasSameAs(SubjectCounts other) => _subjects.Keys.ToHashSet().SetEquals(other._subjects.Keys);

    /// <summary>Adds a subject that was exposed to a variant.</summary>
    public void Add(string variant, string subject) => _subjects.TryAdd((variant, subject), true);

    /// <summary>Adds the subject of an exposure, for the variant that it was assigned.</summary>
    public void Add(DataPlaneEnvelope envelope)
    {
        if (envelope.Payload is ExposureEvent { SubjectId: { } subject } exposure)
        {
            Add(exposure.AssignedVariantKey ?? exposure.VariantKey, subject);
        }
    }
}
