import { datasetsOptions } from "@palate/datasets";
import { gatewayOptions } from "@palate/gateway";
import { describeConfig, type Option, type OptionSpec } from "@palate/host";
import { SERVICES, type ServiceEntry } from "@palate/host/services";
import { recipeServiceOptions } from "@palate/service";

const HEAD = `# Settings of Palate's services: every one there is, with its default. Made by "npm run generate:env" from the services
# themselves; do not edit. Copy lines to a file named .env beside this one, which npm start, npm run dev and npm run demo
# read, or set them as environment variables, which win over the file. On one machine the addresses that services listen
# on and reach each other at are chosen by the launcher, whatever is set here; MONGODB_URI set means that it starts no
# database of its own.
`;

/** Options of a service; a recipe service's own are what its package exports as `options`. */
async function specOf({ name, role, port }: ServiceEntry): Promise<OptionSpec> {
  if (role === "datasets") return datasetsOptions;
  if (role === "gateway") return gatewayOptions;
  const { options } = (await import(`@palate/${name}`)) as { options?: OptionSpec };
  return { ...recipeServiceOptions(port), ...options };
}

/** The text of `.env.example`: each option once, under the services that have it with that meaning and default. */
export async function envExample(): Promise<string> {
  const options = new Map<string, { option: Option; services: string[] }>();
  for (const service of SERVICES) {
    for (const option of Object.values(await specOf(service))) {
      const key = `${option.env}\n${option.defaultText}\n${option.description}`;
      const entry = options.get(key) ?? { option, services: [] };
      entry.services.push(service.name);
      options.set(key, entry);
    }
  }
  const sections = new Map<string, OptionSpec>();
  for (const { option, services } of options.values()) {
    const title = services.length === SERVICES.length ? "every service" : services.join(", ");
    sections.set(title, { ...sections.get(title), [option.env]: option });
  }
  const texts = [...sections].map(([title, spec]) => `\n# ---- ${title}\n\n${describeConfig(spec)}`);
  return `${HEAD}${texts.join("")}`;
}
