using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The diagnostics about exposure semantics, sampling and names.</summary>
internal static class ExposureDescriptors
{
    private const string Category = "Exposure";

    /// <summary>DP2001: a sampling rate is not between 0 and 1.</summary>
    public static readonly DiagnosticDescriptor SamplingRateOutOfRange = new(
        "DP2001",
        "Sampling rate must be between 0 and 1",
        "The sampling rate is {0}; it must be between 0 and 1",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The rate is the share of subjects whose exposures are recorded. The application does not start with any other value.",
        helpLinkUri: HelpLink.To("DP2001"));

    /// <summary>DP2002: a sampling rate is 0.</summary>
    public static readonly DiagnosticDescriptor SamplingRateZero = new(
        "DP2002",
        "Sampling rate of 0 records no exposures",
        "The sampling rate is 0, so no exposures of '{0}' are recorded",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An experiment without exposures cannot be analyzed.",
        helpLinkUri: HelpLink.To("DP2002"));

    /// <summary>DP2006: an experiment, attribute or metric name, or a metric's unit, is invalid.</summary>
    public static readonly DiagnosticDescriptor InvalidName = new(
        "DP2006",
        "Experiment, attribute or metric name is invalid",
        "The {0} '{1}' is invalid: it {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Names are keys in every event. Names, variant keys and units must have 1 to 256 characters, no leading or trailing white space, no control characters and no half of a surrogate pair.",
        helpLinkUri: HelpLink.To("DP2006"));

    /// <summary>DP2007: no member of a tagged interface is exposing.</summary>
    public static readonly DiagnosticDescriptor NothingExposes = new(
        "DP2007",
        "Interface has no exposing member",
        "No call to '{0}' is an exposure, because every member is excluded",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Methods are exposing unless they are tagged with [NotExposed] or named like the methods of object. Properties and events are exposing only if they are tagged with [Exposed].",
        helpLinkUri: HelpLink.To("DP2007"));

    /// <summary>DP2008: a number is not a defined value of its enumeration.</summary>
    public static readonly DiagnosticDescriptor UndefinedValue = new(
        "DP2008",
        "Enumeration value is not defined",
        "{0} is not a value of {1}; it must be one of {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The application does not start with an integer that is cast to an undefined value.",
        helpLinkUri: HelpLink.To("DP2008"));

    /// <summary>DP2003: an experiment has explicit semantics, and nothing logs its exposures.</summary>
    public static readonly DiagnosticDescriptor ExplicitWithoutCall = new(
        "DP2003",
        "Explicit semantics require a call that records the exposure",
        "'{0}' records exposures only when code asks for it, but nothing calls LogExposureAsync, IExperiments.ExposeAsync or IExposureRecorder.RecordAsync for it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "With explicit semantics, a served variant is not an exposure until code records it. Checked in executables only. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP2003"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP2004: an explicit call logs an exposure that is recorded automatically.</summary>
    public static readonly DiagnosticDescriptor RedundantCall = new(
        "DP2004",
        "LogExposureAsync has no effect without explicit semantics",
        "LogExposureAsync has no effect for '{0}', whose exposures are recorded automatically under {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Exposures can be logged explicitly only with explicit semantics. Otherwise the call logs one warning at runtime and returns false. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP2004"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP2005: two experiments have the same name.</summary>
    public static readonly DiagnosticDescriptor ExperimentClaimedTwice = new(
        "DP2005",
        "Experiment name is already in use",
        "'{0}' uses the experiment name '{2}', which is already used by {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The name is all that distinguishes experiments in analysis, and an application that registers a name twice does not start. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP2005"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP2009: a call or an event names an experiment or variant that is not registered.</summary>
    public static readonly DiagnosticDescriptor UnknownExperiment = new(
        "DP2009",
        "Unregistered experiment or variant is named",
        "{0} '{1}' is not registered: {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A call that names an unregistered experiment throws, and events are joined by the names of experiments and variants, which are case-sensitive. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP2009"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP2010: an interface records outcomes, but outcome events are disabled.</summary>
    public static readonly DiagnosticDescriptor OutcomesOff = new(
        "DP2010",
        "RecordOutcomes has no effect while outcome events are disabled",
        "'{0}' sets RecordOutcomes = true, but the option EnableOutcomeEvents is false, so no outcomes are recorded",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Options that code sets override the configuration, so configuration cannot enable the category again. Reported at the end of compilation.",
        helpLinkUri: HelpLink.To("DP2010"),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>DP2011: the result of an observed method may run later.</summary>
    public static readonly DiagnosticDescriptor DeferredResult = new(
        "DP2011",
        "Result may run after the call that is observed",
        "'{0}' of '{1}' returns {2}, which may run after the call: if it fails then, the call {3}; {4}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Outcomes and fallback observe a call until it returns, its task completes or its stream ends.",
        helpLinkUri: HelpLink.To("DP2011"));
}
