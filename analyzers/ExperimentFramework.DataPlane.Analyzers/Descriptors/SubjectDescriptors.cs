using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about subjects, tenants and attributes.</summary>
public static class SubjectDescriptors
{
    private const string Category = "Subject";

    /// <summary>A subject or tenant tag that cannot be read.</summary>
    public static readonly DiagnosticDescriptor UnreadableTag = new(
        "DP3002",
        "A subject, tenant or attribute that cannot be read",
        "'{0}' cannot be the {1} of '{2}', because {3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A call has one subject and at most one tenant, passed by value: text, a formattable value such as Guid or int, or a nullable one. An attribute is any value that can be kept.",
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

    /// <summary>Personal data leaves as it is.</summary>
    public static readonly DiagnosticDescriptor PersonalData = new(
        "DP3004",
        "Personal data that leaves as it is",
        "'{0}' of '{1}' says {2}, and leaves the process as it is: redact it, or say that it has been reviewed",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Events are copied to every destination and kept for years; personal data in them is hard to find and harder to delete. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP3004"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Subjects under a placeholder.</summary>
    public static readonly DiagnosticDescriptor SubjectPlaceholder = new(
        "DP3005",
        "Subjects that cannot be told apart",
        "Under a placeholder all subjects look like one: they can neither be joined nor counted; use a pseudonym",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An analysis counts distinct subjects and joins their exposures with their outcomes. A pseudonym keeps both possible and hides the id as well.",
        helpLinkUri: HelpLink.To("DP3005"));

    /// <summary>A published event whose subject has another type than its experiment's subjects.</summary>
    public static readonly DiagnosticDescriptor SubjectTypeMissing = new(
        "DP3006",
        "An event without the subject type of its experiment",
        "Subjects of experiment '{0}' have the type {1}, and this event {2}: without the same SubjectType it cannot be joined with its exposures",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A subject is its type and its id: 'user' 42 and 'session' 42 are two subjects. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP3006"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A subject that identifies nobody.</summary>
    public static readonly DiagnosticDescriptor UselessSubject = new(
        "DP3007",
        "A subject id that identifies no subject",
        "The subject id {0}: {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A subject id must be the same whenever the same subject returns. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP3007"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A property whose variant is not its caller's.</summary>
    public static readonly DiagnosticDescriptor PinnedProperty = new(
        "DP3008",
        "A property is not served by its caller's variant",
        "'{0}' of '{1}' is served by {2}: make it a method with an [ExposureSubject] parameter, or tag it with [NotExposed] if that is intended",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Properties, indexers and events stay on one variant for each instance of the proxy. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP3008"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);
}
