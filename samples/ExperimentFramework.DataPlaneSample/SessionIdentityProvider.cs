using System.Diagnostics.CodeAnalysis;
using ExperimentFramework.DataPlane;

namespace ExperimentFramework.DataPlaneSample;

/// <summary>Provides the session that is being served; a web application would read it from the request.</summary>
public sealed class SessionIdentityProvider : ISubjectIdentityProvider
{
    public string? CurrentSession { get; set; }

    public string SubjectType => "session";

    public bool TryGetSubjectId([NotNullWhen(true)] out string? subjectId)
    {
        subjectId = CurrentSession;
        return subjectId is not null;
    }
}
