namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Marks an endpoint, a controller or a page that calls experiments: <c>app.UseSubjectAssignments()</c> prefetches the subject's assignments
/// before the endpoint runs. An anonymous visitor gets an id with such a request, whether or not the endpoint then calls an experiment.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = true)]
public sealed class PrefetchSubjectAssignmentsAttribute : Attribute;
