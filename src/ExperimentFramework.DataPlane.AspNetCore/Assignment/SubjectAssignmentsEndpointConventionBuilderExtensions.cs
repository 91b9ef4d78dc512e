using ExperimentFramework.DataPlane.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Marks endpoints that call experiments.</summary>
public static class SubjectAssignmentsEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Makes <see cref="SubjectAssignmentsApplicationBuilderExtensions.UseSubjectAssignments"/> prefetch the subject's assignments before these
    /// endpoints run. See <see cref="PrefetchSubjectAssignmentsAttribute"/>.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint or group builder.</typeparam>
    /// <param name="builder">The endpoint or group builder.</param>
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
