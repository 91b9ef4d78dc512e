namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>The name of a type that every proxy needs.</summary>
/// <param name="Namespace">Its namespace, with dots.</param>
/// <param name="Name">Its name.</param>
/// <param name="Arity">The number of its type parameters.</param>
/// <param name="MayBeOwn">Whether a project may define the type itself, as projects do that also target older frameworks.</param>
internal sealed record GlobalName(string Namespace, string Name, int Arity = 0, bool MayBeOwn = false)
{
    /// <summary>Gets the namespaces from the outermost to the innermost.</summary>
    public string[] Namespaces { get; } = Namespace.Split('.');
}
