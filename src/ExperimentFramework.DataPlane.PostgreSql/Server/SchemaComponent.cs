namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>A part of the schema that has a version of its own.</summary>
/// <param name="Name">The name in the table <c>schema_version</c>.</param>
/// <param name="Migrations">
/// The scripts from each version to the next, from 0; <c>{schema}</c> is replaced by the schema's name. A script that was released never changes, and a new
/// one only adds, so that hosts of the version before go on writing while an application is deployed.
/// </param>
internal sealed record SchemaComponent(string Name, IReadOnlyList<string> Migrations)
{
    /// <summary>The version that this library needs.</summary>
    public int Version => Migrations.Count;
}
