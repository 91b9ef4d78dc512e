using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Who a call is for: the tagged parameter or, where it says nothing, the provider. A provider that throws leaves the
/// subject unknown; it never reaches the caller.
/// </summary>
internal sealed partial class SubjectIdentity(ISubjectIdentityProvider? provider, FaultState fault, ILogger logger)
{
    private readonly QuietLogger _logger = QuietLogger.Of(logger);

    public Subject Identify(string? subjectId, string? subjectType, string? tenantId) =>
        string.IsNullOrEmpty(subjectId) ? FromProvider(tenantId) : new Subject(subjectId, subjectType, tenantId);

    private Subject FromProvider(string? tenantId)
    {
        if (provider is null)
        {
            return new Subject(null, null, tenantId);
        }

        try
        {
            var known = provider.TryGetSubjectId(out var subjectId) && !string.IsNullOrEmpty(subjectId);
            var subject = new Subject(known ? subjectId : null, known ? provider.SubjectType : null, tenantId);
            fault.Leave();
            return subject;
        }
        catch (Exception exception)
        {
            if (fault.Enter())
            {
                LogFailing(provider.GetType().Name, exception);
            }

            return new Subject(null, null, tenantId);
        }
    }

    [LoggerMessage(20, LogLevel.Error, "Subject identity provider {Provider} threw; the subject counts as unknown until it answers again.")]
    private partial void LogFailing(string provider, Exception exception);
}
