namespace ExperimentFramework.DataPlane;

/// <summary>
/// Tags the parameter that identifies the subject of a call. It goes before <see cref="ISubjectIdentityProvider"/>;
/// where its value is null or empty, the provider is asked.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExposureSubjectAttribute : Attribute
{
    /// <summary>Leaves the subject's type open.</summary>
    public ExposureSubjectAttribute()
    {
    }

    /// <summary>Names the subject's type.</summary>
    /// <param name="subjectType">For example <c>user</c>, <c>session</c>, <c>device</c>.</param>
    public ExposureSubjectAttribute(string subjectType) => SubjectType = subjectType;

    /// <summary>The subject's type in the events; null when the tag names none.</summary>
    public string? SubjectType { get; }
}
