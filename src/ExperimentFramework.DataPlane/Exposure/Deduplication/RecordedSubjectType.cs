namespace ExperimentFramework.DataPlane;

/// <summary>The type of a subject that was exposed in this process, in any experiment: metrics belong to no experiment, and are joined by subject.</summary>
internal sealed class RecordedSubjectType
{
    private string? _value;

    /// <summary>Gets the type; null if no exposure had one.</summary>
    public string? Value => Volatile.Read(ref _value);

    /// <summary>Sets the type, unless there is one.</summary>
    public void Set(string type) => Interlocked.CompareExchange(ref _value, type, null);
}
