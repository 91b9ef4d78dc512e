using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A concurrent map keyed by subject. Reading takes no lock and allocates nothing. A subject that consists of an id alone is looked up by the
/// id, which takes half the time.
/// </summary>
internal sealed class SubjectMap<TValue>
    where TValue : class
{
    private readonly ConcurrentDictionary<string, TValue> _byId = new();
    private readonly ConcurrentDictionary<Subject, TValue> _bySubject = new(SubjectComparer.Instance);

    public bool TryGet(in Subject subject, [NotNullWhen(true)] out TValue? value) =>
        IsId(subject) ? _byId.TryGetValue(subject.Id!, out value) : _bySubject.TryGetValue(subject, out value);

    public void Set(in Subject subject, TValue value)
    {
        if (IsId(subject))
        {
            _byId[subject.Id!] = value;
        }
        else
        {
            _bySubject[subject] = value;
        }
    }

    public void Remove(in Subject subject)
    {
        if (IsId(subject))
        {
            _byId.TryRemove(subject.Id!, out _);
        }
        else
        {
            _bySubject.TryRemove(subject, out _);
        }
    }

    private static bool IsId(in Subject subject) => subject.Type is null && subject.TenantId is null;

    /// <summary>Leaves the type out of the hash, because there are only a few types.</summary>
    private sealed class SubjectComparer : IEqualityComparer<Subject>
    {
        public static readonly SubjectComparer Instance = new();

        public bool Equals(Subject x, Subject y) => x.Id == y.Id && x.Type == y.Type && x.TenantId == y.TenantId;

        public int GetHashCode(Subject subject) =>
            subject.TenantId is null ? string.GetHashCode(subject.Id) : HashCode.Combine(subject.Id, subject.TenantId);
    }
}
