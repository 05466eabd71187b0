import { defineMessages } from 'standin'
import { machineTexts } from 'standin/fleet'
import { de } from '../languages/de.ts'
import { fr } from '../languages/fr.ts'
import { sv } from '../languages/sv.ts'

export const attentionMessages = defineMessages({
  en: {
    ...machineTexts.en,
    why: 'Why',
    also: 'Also',
    reason: 'Reason',
    new: 'New',
    openSince: 'Since',

    silent: 'Silent',
    trackerBatteryLow: 'Tracker battery low',
    noData: 'No data',
    machineBatteryLow: 'Machine battery low',
    serviceOverdue: 'Service overdue',
    fuelLow: 'Fuel low',
    weakGps: 'Weak GPS',
    dataHealth: 'Data health',

    silentFor: 'Silent for {days, plural, one {# day} other {# days}}',
    neverReported: 'Never reported',
    chargeAt: 'Battery at {percent, number}\u00a0%',
    fuelAt: 'Fuel at {percent, number}\u00a0%',
    serviceIsOverdue: 'Service is overdue',
    noEngineData: 'No engine data, probably the wiring to the tracker',
    noDataFor: 'No data {days, plural, =0 {since today} one {for # day} other {for # days}}',
    noEngineDataFor:
      'No engine data {days, plural, =0 {since today} one {for # day} other {for # days}}, probably the wiring to the tracker',
    trackerBatteryLowFor: 'Tracker battery low {days, plural, =0 {since today} one {for # day} other {for # days}}',
    machineBatteryLowFor: 'Machine battery low {days, plural, =0 {since today} one {for # day} other {for # days}}',
    weakGpsFor: 'Weak GPS {days, plural, =0 {since today} one {for # day} other {for # days}}',

    readCounters: 'Read counters',
    checkDataHealth: 'Check data health',
    checkServices: 'Check services',
    rank: 'Rank and compare with last time',
    dataHealthRead: 'data health lists read',
    countersUnread: 'Fuel and last contact are left out: Trackunit did not let us read them, or did not answer.',
    healthRefused: 'Data health is left out: Trackunit does not let us read it.',
    healthUnanswered: 'Data health is left out: Trackunit did not answer.',
    servicesRefused:
      'Overdue services are left out: Trackunit does not let us read them. Either the permission or the licence is missing.',
    servicesUnanswered: 'Overdue services are left out: Trackunit did not answer.',
    servicesNotAllowed: 'Overdue services are left out: the permission “See service plans” is missing.',
    servicesUnchecked: 'Services are not checked.',
    healthAndServicesUnchecked: 'Data health and services are not checked.',
    chartTitle: 'Why they need attention',
    chartNote: 'A machine with several reasons counts under the worst one.',
    lastTime: '{off, plural, =0 {No machine} one {# machine} other {# machines}} came off the list since last time.',

    readsMachines: 'Your machines',
    readsMachinesMeans: 'Name, serial number, type and site',
    readsContact: 'Their last messages',
    readsContactMeans: 'When each was last heard, and its position',
    readsLevels: 'Fuel, charge and data health',
    readsLevelsMeans: 'The latest values, and problems that Trackunit sees',
    readsServices: 'Service plans',
    readsServicesMeans: 'What is overdue',
    figure:
      'of {checked, plural, one {# machine} other {# machines}} {found, plural, one {needs} other {need}} attention',
    figureAtLeast:
      'or more of {checked, plural, one {# machine} other {# machines}} {found, plural, one {needs} other {need}} attention',

    noMachines: 'There are no machines to check.',
    nothingFound:
      'Nothing needs attention. {checked, plural, one {The machine is fine} other {All # machines are fine}}.',
    nothingFoundInPart:
      'Nothing found that needs attention on {checked, plural, one {# machine} other {# machines}}. Some data is missing.',
    nothingFoundThere: 'Nothing found there.',
    checkedInPart: 'Not all data of {machines, plural, one {# machine} other {# machines}} was read.',
    onlyCheckedOn:
      'Only {checks, select, BF {battery, fuel and last contact were} BFH {battery, fuel, last contact and data health were} BFS {battery, fuel, last contact and services were} B {battery was} BH {battery and data health were} BS {battery and services were} BHS {battery, data health and services were} F {fuel and last contact were} FH {fuel, last contact and data health were} FS {fuel, last contact and services were} FHS {fuel, last contact, data health and services were} H {data health was} S {services were} HS {data health and services were} other {the list of machines was}} checked on {machines, plural, one {# machine} other {# machines}}.',
    foundAtLeast:
      'At least {found, number} of {checked, plural, one {# machine} other {# machines}} {found, plural, one {needs} other {need}} attention.',
    foundAtLeastWithNew:
      'At least {found, number} of {checked, plural, one {# machine} other {# machines}} {found, plural, one {needs} other {need}} attention, {new, plural, =0 {none} other {#}} of them new.',
    found:
      '{found, number} of {checked, plural, one {# machine} other {# machines}} {found, plural, one {needs} other {need}} attention.',
    foundWithNew:
      '{found, number} of {checked, plural, one {# machine} other {# machines}} {found, plural, one {needs} other {need}} attention, {new, plural, =0 {none} other {#}} of them new.',
  },
  da: {
    ...machineTexts.da,
    title: 'Opmærksomhedsliste',
    description:
      'Maskiner, der er tavse, mangler brændstof eller strøm, er bagud med service eller sender forkerte data. De værste først, med grunden og det, der er nyt siden sidst.',
    'input.silentDays': 'Tavs efter',
    'input.silentDays.description': 'Maskiner, der er holdt op med at sende data.',
    'input.batteryPercent': 'Batteri under',
    'input.batteryPercent.description': 'Procent af fuld opladning.',
    'input.fuelPercent': 'Brændstof under',
    'input.fuelPercent.description': 'Procent af en fuld tank.',
    why: 'Hvorfor',
    also: 'Også',
    reason: 'Grund',
    new: 'Ny',
    openSince: 'Siden',

    silent: 'Tavs',
    trackerBatteryLow: 'Trackerens batteri er lavt',
    noData: 'Ingen data',
    machineBatteryLow: 'Maskinens batteri er lavt',
    serviceOverdue: 'Service er overskredet',
    fuelLow: 'Lavt brændstof',
    weakGps: 'Svag GPS',
    dataHealth: 'Datakvalitet',

    silentFor: 'Tavs i {days, plural, one {# dag} other {# dage}}',
    neverReported: 'Har aldrig sendt data',
    chargeAt: 'Batteri på {percent, number}\u00a0%',
    fuelAt: 'Brændstof på {percent, number}\u00a0%',
    serviceIsOverdue: 'Service er overskredet',
    noEngineData: 'Ingen motordata, formentlig på grund af ledningerne til trackeren',
    noDataFor: 'Ingen data {days, plural, =0 {siden i dag} one {i # dag} other {i # dage}}',
    noEngineDataFor:
      'Ingen motordata {days, plural, =0 {siden i dag} one {i # dag} other {i # dage}}, formentlig på grund af ledningerne til trackeren',
    trackerBatteryLowFor:
      'Trackerens batteri har været lavt {days, plural, =0 {siden i dag} one {i # dag} other {i # dage}}',
    machineBatteryLowFor:
      'Maskinens batteri har været lavt {days, plural, =0 {siden i dag} one {i # dag} other {i # dage}}',
    weakGpsFor: 'Svag GPS {days, plural, =0 {siden i dag} one {i # dag} other {i # dage}}',

    readCounters: 'Læs tællerne',
    checkDataHealth: 'Tjek datakvaliteten',
    checkServices: 'Tjek service',
    rank: 'Sæt i rækkefølge og sammenlign med sidst',
    dataHealthRead: 'lister om datakvalitet læst',
    countersUnread: 'Brændstof og sidste kontakt er udeladt: Trackunit lod os ikke læse dem eller svarede ikke.',
    healthRefused: 'Datakvalitet er udeladt: Trackunit lader os ikke læse den.',
    healthUnanswered: 'Datakvalitet er udeladt: Trackunit svarede ikke.',
    servicesRefused:
      'Overskredet service er udeladt: Trackunit lader os ikke læse den. Enten mangler tilladelsen eller licensen.',
    servicesUnanswered: 'Overskredet service er udeladt: Trackunit svarede ikke.',
    servicesNotAllowed: 'Overskredet service er udeladt: tilladelsen “Se serviceplaner” mangler.',
    servicesUnchecked: 'Service er ikke tjekket.',
    healthAndServicesUnchecked: 'Datakvalitet og service er ikke tjekket.',
    chartTitle: 'Hvorfor de kræver opmærksomhed',
    chartNote: 'En maskine med flere grunde tæller under den værste.',
    lastTime: '{off, plural, =0 {Ingen maskiner} one {# maskine} other {# maskiner}} er kommet af listen siden sidst.',

    readsMachines: 'Jeres maskiner',
    readsMachinesMeans: 'Navn, serienummer, type og plads',
    readsContact: 'Deres seneste beskeder',
    readsContactMeans: 'Hvornår hver maskine sidst sendte data, og hvor den er',
    readsLevels: 'Brændstof, opladning og datakvalitet',
    readsLevelsMeans: 'De seneste værdier og de problemer, Trackunit ser',
    readsServices: 'Serviceplaner',
    readsServicesMeans: 'Hvad der er overskredet',
    figure: 'af {checked, plural, one {# maskine} other {# maskiner}} kræver opmærksomhed',
    figureAtLeast: 'eller flere af {checked, plural, one {# maskine} other {# maskiner}} kræver opmærksomhed',

    noMachines: 'Der er ingen maskiner at tjekke.',
    nothingFound:
      'Intet kræver opmærksomhed. {checked, plural, one {Maskinen er i orden} other {Alle # maskiner er i orden}}.',
    nothingFoundInPart:
      'Der er ikke fundet noget, der kræver opmærksomhed, på {checked, plural, one {# maskine} other {# maskiner}}. Nogle data mangler.',
    nothingFoundThere: 'Der er ikke fundet noget.',
    checkedInPart: 'Ikke alle data om {machines, plural, one {# maskine} other {# maskiner}} blev læst.',
    onlyCheckedOn:
      'Kun {checks, select, BF {batteri, brændstof og sidste kontakt} BFH {batteri, brændstof, sidste kontakt og datakvalitet} BFS {batteri, brændstof, sidste kontakt og service} B {batteri} BH {batteri og datakvalitet} BS {batteri og service} BHS {batteri, datakvalitet og service} F {brændstof og sidste kontakt} FH {brændstof, sidste kontakt og datakvalitet} FS {brændstof, sidste kontakt og service} FHS {brændstof, sidste kontakt, datakvalitet og service} H {datakvalitet} S {service} HS {datakvalitet og service} other {maskinlisten}} er tjekket på {machines, plural, one {# maskine} other {# maskiner}}.',
    foundAtLeast:
      'Mindst {found, number} af {checked, plural, one {# maskine} other {# maskiner}} kræver opmærksomhed.',
    foundAtLeastWithNew:
      'Mindst {found, number} af {checked, plural, one {# maskine} other {# maskiner}} kræver opmærksomhed, {new, plural, =0 {ingen af dem nye} one {# af dem ny} other {# af dem nye}}.',
    found: '{found, number} af {checked, plural, one {# maskine} other {# maskiner}} kræver opmærksomhed.',
    foundWithNew:
      '{found, number} af {checked, plural, one {# maskine} other {# maskiner}} kræver opmærksomhed, {new, plural, =0 {ingen af dem nye} one {# af dem ny} other {# af dem nye}}.',
  },
  de: { ...machineTexts.de, ...de.attention },
  sv: { ...machineTexts.sv, ...sv.attention },
  fr: { ...machineTexts.fr, ...fr.attention },
})
