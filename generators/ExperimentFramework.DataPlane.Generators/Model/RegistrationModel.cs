namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>A closed generic interface that a registration names, and the proxy that serves it.</summary>
/// <param name="Proxy">The closed proxy, fully qualified.</param>
internal sealed record RegistrationModel(string Proxy);

/// <summary>All closed generic interfaces of a project, each once.</summary>
/// <param name="All">In the order of their proxies' names.</param>
internal sealed record RegistrationsModel(EquatableArray<RegistrationModel> All);

/// <summary>What one registration call asks of the generator.</summary>
/// <param name="Proxy">A proxy to be written here, because the interface's own assembly has none; null elsewhere.</param>
/// <param name="Registration">A closed proxy to be registered here; null where the proxy registers itself.</param>
internal sealed record RegistrationCallModel(ProxyModel? Proxy, RegistrationModel? Registration);
