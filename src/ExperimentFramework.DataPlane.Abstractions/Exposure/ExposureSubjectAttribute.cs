namespace ExperimentFramework.DataPlane;

/// <summary>
/// Marks the parameter that identifies the subject of a call. It takes precedence over <see cref="ISubjectIdentityProvider"/>,
/// which is asked if the parameter's value is null or empty.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExposureSubjectAttribute : Attribute
{
    /// <summary>Initializes the attribute without a subject type.</summary>
    public ExposureSubjectAttribute()
    {
    }

    /// <summary>Initializes the attribute with a subject type.</summary>
    /// <param name="subjectType">For example <c>user</c>, <c>session</c>, <c>device</c>.</param>
    public ExposureSubjectAttribute(string subjectType) => SubjectType = subjectType;

    /// <summary>The subject's type in the events; null if not specified.</summary>
    public string? SubjectType { get; }
}
