// Examples to try, written for this page.

export const EXAMPLES = [
  {
    name: "Product management",
    title: "Product Manager, Scheduling",
    text: `Product Manager, Scheduling

Fernway makes rota software for clinics. Forty people work here, in Leeds and from home.

What you will do
- Own the roadmap of the scheduling product and decide with engineering and design what gets built next
- Talk to charge nurses every week and turn what they struggle with into problems to solve
- Write user stories with acceptance criteria, and keep the backlog in order for two squads
- Run sprint planning, weigh scope against dates, and clear up open questions during development
- Set goals for each release, watch adoption and retention, and change course when the numbers disagree with us
- Agree the technical approach of integrations with payroll systems with the engineers

What we look for
Three years of product management for business software. Patience with messy calendars helps.

What we offer
Thirty days of holiday, a pension, and a bicycle scheme.`,
  },
  {
    name: "Product marketing",
    title: "Product Marketing Manager",
    text: `Product Marketing Manager

Tallow & Reed sells forecasting software to bakeries and mills.

Your work
- Write the positioning and messaging of the forecasting suite, and keep it consistent on the website and in sales decks
- Plan and run launches: the announcement, the webinar, the e-mail series and the briefing of the press
- Train the sales team with battlecards, demo scripts and answers to common objections
- Interview customers and turn their stories into case studies and quotes
- Research competitors and explain to sellers how to win against them
- Define buyer personas and segments, and plan campaigns that bring in qualified leads

You have done this for four years, write clearly, and like visiting mills at five in the morning.`,
  },
  {
    name: "Hybrid",
    title: "Product Manager",
    text: `Product Manager

We are nine people who build a booking tool for ferries. You are the first product person, so the job is wide.

- Keep the roadmap and decide with the founders what gets built next
- Prioritize the feature backlog before every sprint and write the requirements with acceptance criteria
- Sit with port staff to find out where bookings go wrong, and test prototypes with them
- Work with the two engineers on scope, trade-offs and releases
- Write the messaging, the website copy and the product pages
- Plan each launch, with the announcement, the newsletter and a webinar for ferry lines
- Build sales decks and battlecards, and train the two sellers with them
- Run campaigns and follow which of them bring in new lines`,
  },
  {
    name: "Another occupation",
    title: "",
    text: `Night Baker

Our bakery on Quay Street makes bread for thirty cafés and looks for a baker for the night shift.

- Mix, shape and bake sourdough, rye and rolls from one in the morning
- Look after the starters and the two deck ovens, and keep the benches clean
- Weigh ingredients, write down temperatures and order flour in time
- Load the van for the first round with the driver

You know your way around a deck oven and can lift a sack of flour. We pay by the hour with a supplement for nights, and the bread is free.`,
  },
  {
    name: "Misleading title",
    title: "Product Marketing Manager",
    text: `Product Marketing Manager

Lanternfish runs a data platform for aquariums. The title is historical; this is the job:

- Own the product roadmap of the sensor platform and set priorities for each quarter
- Write product requirements and user stories with acceptance criteria for the engineering team
- Prioritize the backlog and lead sprint planning and reviews with developers
- Run discovery interviews with aquarists and test prototypes before anything gets built
- Decide on trade-offs between scope, quality and dates together with the tech lead
- Define the metrics of each feature, analyze usage and plan the next iteration`,
  },
  {
    name: "Too short",
    title: "",
    text: "Product manager wanted for a small team in Porto. Own the roadmap, talk to customers, ship. Write to us.",
  },
];
