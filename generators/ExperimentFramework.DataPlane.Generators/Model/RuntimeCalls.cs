using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>
/// The types and methods of the runtime that generated code calls. Proxies are compiled into other assemblies, so changing a name breaks every proxy that
/// was compiled before.
/// </summary>
internal static class RuntimeCalls
{
    /// <summary>The type that a proxy holds: <c>ExposureLoggingDecorator&lt;TService&gt;</c>.</summary>
    public const string Decorator = Prefix + "ExposureLoggingDecorator";

    /// <summary>The type that describes a tagged interface to the runtime.</summary>
    public const string Contract = Prefix + "ExposureContract";

    /// <summary>Registers a proxy with the runtime.</summary>
    public const string Register = Prefix + "ExposureProxyRegistry.Register";

    /// <summary>Formats a subject id that is not a string.</summary>
    public const string FormatSubjectId = Prefix + "SubjectIdText.Format";

    /// <summary>The enumeration of <c>ExposureContract.Semantics</c>.</summary>
    public const string Semantics = "global::" + WellKnownNames.Namespace + ".ExposureSemantics";

    /// <summary>Returns the variant for an exposing call.</summary>
    public const string Serve = "Serve";

    /// <summary>Returns the variant for a call that is not exposing.</summary>
    public const string Route = "Route";

    /// <summary>Returns the variant that properties and events stay on, for an exposing one.</summary>
    public const string ServePinned = "ServePinned";

    /// <summary>Gets the variant that properties and events stay on.</summary>
    public const string Pinned = "Pinned";

    /// <summary>Begins an exposing call with attributes.</summary>
    public const string Expose = "Expose";

    /// <summary>Adds an attribute to a call.</summary>
    public const string With = "With";

    /// <summary>Begins a call that the runtime observes until it completes.</summary>
    public const string Observe = "Observe";

    /// <summary>Marks an observed call as successful.</summary>
    public const string Complete = "Complete";

    /// <summary>Returns whether control is called in place of the variant that failed.</summary>
    public const string TryFallBack = "TryFallBack";

    /// <summary>Returns whether an assignment is available without waiting for a store.</summary>
    public const string IsAssignmentCached = "IsAssignmentCached";

    /// <summary>Begins a call that awaits its assignment.</summary>
    public const string PrefetchAssignment = "PrefetchAssignment";

    /// <summary>Makes a call once its assignment is available.</summary>
    public const string Invoke = "Invoke";

    private const string Prefix = "global::" + WellKnownNames.RuntimeNamespace + ".";

    /// <summary>Returns the method that awaits the enqueueing of an exposure together with a result.</summary>
    public static string Barrier(string method) => Prefix + "EnqueueBarrier." + method;
}
