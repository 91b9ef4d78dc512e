using ExperimentFramework.DataPlane.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Marks endpoints that call experiments.</summary>
public static class SubjectAssignmentsEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Has <see cref="SubjectAssignmentsApplicationBuilderExtensions.UseSubjectAssignments"/> fetch the subject's assignments before requests of
    /// these endpoints go on. See <see cref="PrefetchSubjectAssignmentsAttribute"/>.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint, or of the group of endpoints.</typeparam>
    /// <param name="builder">The endpoint, or the group of endpoints.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static TBuilder WithSubjectAssignments<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(static endpoint => endpoint.Metadata.Add(new PrefetchSubjectAssignmentsAttribute()));
        return builder;
    }
}
