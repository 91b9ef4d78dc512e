using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about subjects, tenants and attributes.</summary>
public static class SubjectDescriptors
{
    private const string Category = "Subject";

    /// <summary>A subject or tenant tag that cannot be read.</summary>
    public static readonly DiagnosticDescriptor UnreadableTag = new(
        "DP3002",
        "A subject or tenant that cannot be read",
        "'{0}' cannot be the {1} of '{2}', because {3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A call has one subject and at most one tenant, passed by value: text, a formattable value such as Guid or int, or a nullable one.",
        helpLinkUri: HelpLink.To("DP3002"));

    /// <summary>Two attributes of one name.</summary>
    public static readonly DiagnosticDescriptor DuplicateAttribute = new(
        "DP3003",
        "Two exposure attributes of one name",
        "'{0}' has a second exposure attribute named '{1}', which would overwrite the first",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "An exposure carries one value per attribute name.",
        helpLinkUri: HelpLink.To("DP3003"));

    /// <summary>Nobody knows the subject.</summary>
    public static readonly DiagnosticDescriptor UnknownSubject = new(
        "DP3001",
        "No way to know the subject",
        "Nothing says who is exposed by '{0}' of '{1}': tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An exposure without a subject cannot be joined with anything, and all calls without one are served control. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP3001"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);
}
