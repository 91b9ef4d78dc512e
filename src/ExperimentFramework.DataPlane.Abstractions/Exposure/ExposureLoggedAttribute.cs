namespace ExperimentFramework.DataPlane;

/// <summary>
/// Tags a service interface as an experiment: the generator writes a proxy for it that picks the variant,
/// serves it and records the exposure.
/// </summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class ExposureLoggedAttribute : Attribute
{
    /// <summary>Names the experiment after the interface.</summary>
    public ExposureLoggedAttribute()
    {
    }

    /// <summary>Names the experiment.</summary>
    /// <param name="experimentName">The experiment's name as it appears in every event.</param>
    public ExposureLoggedAttribute(string experimentName) => ExperimentName = experimentName;

    /// <summary>The experiment's name; null for the interface's name.</summary>
    public string? ExperimentName { get; }

    /// <summary>
    /// When an exposure is recorded. Left out, the trial's setting or <see cref="DataPlaneOptions.ExposureSemantics"/> decides.
    /// </summary>
    public ExposureSemantics Semantics { get; set; }

    /// <summary>
    /// The share of subjects whose exposures are recorded, from 0 to 1. Left out, the trial's setting or
    /// <see cref="DataPlaneOptions.SamplingRate"/> decides.
    /// </summary>
    public double SamplingRate { get; set; } = 1;

    /// <summary>
    /// Emits the code that <c>OnErrorFallbackToControl()</c> of a trial needs: control answers where the assigned
    /// variant throws. Off by default, because code that runs after a call costs compile time for every member.
    /// </summary>
    /// <remarks>
    /// After an asynchronous failure control is called in the caller's synchronization context, as if it had been called directly. A caller that
    /// blocks the only thread of its context until the call has ended (<c>.Result</c> or <c>.Wait()</c> on a user interface's thread) therefore
    /// waits for ever when the variant fails: await the call.
    /// </remarks>
    public bool FallbackToControl { get; set; }

    /// <summary>
    /// Emits the code that records an <see cref="OutcomeEvent"/> after each exposing call: how long it took, and whether it
    /// returned or threw. Off by default, because code that runs after a call costs compile time for every member.
    /// </summary>
    public bool RecordOutcomes { get; set; }

    /// <summary>
    /// Emits the code that lets asynchronous members await an assignment store, where the trial's policy has one and this process does
    /// not know the subject yet, instead of blocking a thread for it. Off by default, because code before a call costs compile
    /// time for every member.
    /// </summary>
    /// <remarks>
    /// In a synchronization context or task scheduler of its own, such as a user interface's, a call waits for the store on its thread after all,
    /// for at most <see cref="DataPlaneOptions.StoreTimeout"/>: the variant must be called in that context, and a caller that blocks its only
    /// thread would otherwise wait for ever. <see cref="ISubjectAssignments.PrefetchAsync"/> fetches the assignment without blocking there.
    /// </remarks>
    public bool AwaitAssignment { get; set; }

    /// <summary>Makes every property and indexer exposing, as if it were tagged with <see cref="ExposedAttribute"/>.</summary>
    public bool ExposeProperties { get; set; }
}
