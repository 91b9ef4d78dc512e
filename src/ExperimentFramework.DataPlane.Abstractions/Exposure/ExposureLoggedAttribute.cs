namespace ExperimentFramework.DataPlane;

/// <summary>
/// Marks a service interface as an experiment: the generator writes a proxy for it that selects the variant,
/// forwards the call to it and records the exposure.
/// </summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class ExposureLoggedAttribute : Attribute
{
    /// <summary>Initializes an experiment that is named after the interface.</summary>
    public ExposureLoggedAttribute()
    {
    }

    /// <summary>Initializes an experiment with a name.</summary>
    /// <param name="experimentName">The experiment's name as it appears in every event.</param>
    public ExposureLoggedAttribute(string experimentName) => ExperimentName = experimentName;

    /// <summary>The experiment's name; null to use the interface's name.</summary>
    public string? ExperimentName { get; }

    /// <summary>
    /// When an exposure is recorded. If not set, the trial's setting or <see cref="DataPlaneOptions.ExposureSemantics"/> applies.
    /// </summary>
    public ExposureSemantics Semantics { get; set; }

    /// <summary>
    /// The share of subjects whose exposures are recorded, from 0 to 1. If not set, the trial's setting or
    /// <see cref="DataPlaneOptions.SamplingRate"/> applies.
    /// </summary>
    public double SamplingRate { get; set; } = 1;

    /// <summary>
    /// Generates the code that <c>OnErrorFallbackToControl()</c> of a trial needs: control serves the call if the assigned
    /// variant throws. Default: false, because code that runs after a call costs compile time for every member.
    /// </summary>
    /// <remarks>
    /// After an asynchronous failure, control is called in the caller's synchronization context, as if it had been called directly. A caller that blocks the
    /// only thread of its context until the call completes (<c>.Result</c> or <c>.Wait()</c> on a UI thread) therefore deadlocks if the variant
    /// fails: await the call instead.
    /// </remarks>
    public bool FallbackToControl { get; set; }

    /// <summary>
    /// Generates the code that records an <see cref="OutcomeEvent"/> after each exposing call: its duration, and whether it
    /// succeeded. Default: false, because code that runs after a call costs compile time for every member.
    /// </summary>
    public bool RecordOutcomes { get; set; }

    /// <summary>
    /// Generates the code that lets asynchronous members await the assignment store instead of blocking a thread, if the trial's policy uses one and this
    /// process does not know the subject's assignment yet. Default: false, because code that runs before a call costs compile time for every member.
    /// </summary>
    /// <remarks>
    /// In a custom synchronization context or task scheduler, such as that of a UI, a call still blocks its thread while it waits for the store, for at most
    /// <see cref="DataPlaneOptions.StoreTimeout"/>: the variant must be called in that context, and a caller that blocks its only
    /// thread would otherwise deadlock. <see cref="ISubjectAssignments.PrefetchAsync"/> fetches the assignment without blocking there.
    /// </remarks>
    public bool AwaitAssignment { get; set; }

    /// <summary>Makes every property and indexer record exposures, as if it were marked with <see cref="ExposedAttribute"/>.</summary>
    public bool ExposeProperties { get; set; }
}
