namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>A part of the schema that has its own version.</summary>
/// <param name="Name">The name in the table <c>schema_version</c>.</param>
/// <param name="Migrations">
/// The scripts from each version to the next, from 0; <c>{schema}</c> is replaced by the schema's name. A released script never changes, and a new
/// script only adds, so that hosts of the previous version continue to write while an application is deployed.
/// </param>
internal sealed record SchemaComponent(string Name, IReadOnlyList<string> Migrations)
{
    /// <summary>The version that this library needs.</summary>
    public int Version => Migrations.Count;
}
