using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about exposure semantics, sampling and names.</summary>
public static class ExposureDescriptors
{
    private const string Category = "Exposure";

    /// <summary>A sampling rate outside 0 to 1.</summary>
    public static readonly DiagnosticDescriptor SamplingRateOutOfRange = new(
        "DP2001",
        "A sampling rate outside 0 to 1",
        "The sampling rate is {0}; it has to be from 0 to 1",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The rate is the share of subjects whose exposures are recorded. Another value stops the application when it starts.",
        helpLinkUri: HelpLink.To("DP2001"));

    /// <summary>A sampling rate of 0.</summary>
    public static readonly DiagnosticDescriptor SamplingRateZero = new(
        "DP2002",
        "A sampling rate of 0 records nothing",
        "The sampling rate is 0, so no exposure of '{0}' is ever recorded",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An experiment without exposures cannot be analyzed.",
        helpLinkUri: HelpLink.To("DP2002"));

    /// <summary>A name that is not one.</summary>
    public static readonly DiagnosticDescriptor InvalidName = new(
        "DP2006",
        "A name that analysts cannot use",
        "The {0} name '{1}' {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Names are keys in every event: they have 1 to 256 characters, no white space at the ends and no control characters.",
        helpLinkUri: HelpLink.To("DP2006"));

    /// <summary>An interface without an exposing member.</summary>
    public static readonly DiagnosticDescriptor NothingExposes = new(
        "DP2007",
        "No member exposes",
        "No call of '{0}' is ever an exposure: every member is excluded",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Methods expose unless they are tagged with [NotExposed] or named like those of object; properties and events expose where they are tagged with [Exposed].",
        helpLinkUri: HelpLink.To("DP2007"));

    /// <summary>A number that is no value of an enumeration.</summary>
    public static readonly DiagnosticDescriptor UndefinedValue = new(
        "DP2008",
        "An undefined value of an enumeration",
        "{0} is no value of {1}; it has to be one of {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A cast integer that names no value stops the application when it starts.",
        helpLinkUri: HelpLink.To("DP2008"));

    /// <summary>Explicit semantics, and nothing that logs.</summary>
    public static readonly DiagnosticDescriptor ExplicitWithoutCall = new(
        "DP2003",
        "Explicit semantics, and no call that logs",
        "'{0}' logs exposures only when LogExposureAsync is called, and nothing calls it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Under explicit semantics a served variant is no exposure until IExposureLogger logs it. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP2003"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A call that logs by hand what is logged already.</summary>
    public static readonly DiagnosticDescriptor RedundantCall = new(
        "DP2004",
        "An explicit exposure call that does nothing",
        "LogExposureAsync does nothing for '{0}', which logs by itself under {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Exposures are logged by hand only under explicit semantics. Under any other the call warns once at run time and returns false. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP2004"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A name of two experiments.</summary>
    public static readonly DiagnosticDescriptor ExperimentClaimedTwice = new(
        "DP2005",
        "An experiment name is claimed twice",
        "'{0}' claims the experiment name '{2}', which is that of {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Analysts tell experiments apart by their names only, and an application that registers a name twice does not start. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP2005"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>A published event of an experiment, or a variant, that is not registered.</summary>
    public static readonly DiagnosticDescriptor UnknownExperiment = new(
        "DP2009",
        "An event names an experiment or variant that is not registered",
        "{0} '{1}' is not registered: {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Events are joined by the names of experiments and variants, which are compared letter by letter. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP2009"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Outcomes that are recorded and switched off.</summary>
    public static readonly DiagnosticDescriptor OutcomesOff = new(
        "DP2010",
        "RecordOutcomes has no effect while outcome events are off",
        "'{0}' says RecordOutcomes = true, but the option EnableOutcomeEvents is false, so no outcomes are recorded",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Code sets options after the configuration, so no configuration can switch the category on again. Reported when the whole compilation has been read.",
        helpLinkUri: HelpLink.To("DP2010"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);
}
